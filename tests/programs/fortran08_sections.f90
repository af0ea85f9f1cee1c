! SPDX-License-Identifier: MIT
! fortran08_sections.f90 - mpi_f08: sections of arrays, roots, types of each peer
!
! Open MPI 6's mpi_f08 makes datatypes of sections, and looks into communicators
! and requests by itself. (MPICH 4.0's leaves the handles of requests that
! MPI_Testany has completed, natively.)
! test: ranks=2,4 mpi=openmpi
program sections
  use mpi_f08
  implicit none
  type(MPI_Comm) :: c, half, inter, ring
  integer :: rank, nprocs, round = 0, step = 0, to, from, root, i
  logical :: more = .true.
  double precision :: t0, limit = 3
  character(32) :: arg

  call MPI_Init()
  call MPI_Comm_rank(MPI_COMM_WORLD, rank)
  call MPI_Comm_size(MPI_COMM_WORLD, nprocs)
  call get_command_argument(1, arg)
  if (arg /= ' ') read (arg, *) limit
  call MPI_Comm_dup(MPI_COMM_WORLD, c)
  call MPI_Comm_split(c, mod(rank, 2), rank, half)
  call MPI_Intercomm_create(half, 0, c, 1 - mod(rank, 2), 5, inter)
  to = mod(rank + 1, nprocs)
  from = mod(rank + nprocs - 1, nprocs)
  call MPI_Dist_graph_create_adjacent(c, 2, [from, to], [1, 1], 2, &
       [from, to], [1, 1], MPI_INFO_NULL, .false., ring)
  t0 = MPI_Wtime()
  do while (more)
    round = round + 1
    root = mod(round, nprocs)
    if (MPI_SUBARRAYS_SUPPORTED) call strided
    call rooted(MPI_COMM_WORLD)
    call rooted(c)
    call across
    call each_peer(MPI_COMM_WORLD, nprocs)
    call each_peer(c, nprocs)
    call each_peer(inter, nprocs / 2)
    call near
    call some
    more = MPI_Wtime() - t0 < limit .and. MPI_Wtime() >= t0
    call MPI_Bcast(more, 1, MPI_LOGICAL, 0, c)
  end do
  call MPI_Comm_free(ring)
  call MPI_Comm_free(inter)
  call MPI_Comm_free(half)
  call MPI_Comm_free(c)
  call MPI_Barrier(MPI_COMM_WORLD)
  if (rank == 0) print '(A)', 'PASSED'
  call MPI_Finalize()

contains
  include 'check.inc'

  ! Every second element goes, and comes in every third.
  subroutine strided
    integer, asynchronous :: out(20), got(30)
    type(MPI_Request) :: r(2)
    out = [(rank * 1000 + round + i, i = 1, 20)]
    got = -1
    call MPI_Irecv(got(1:30:3), 10, MPI_INTEGER, from, 1, c, r(1))
    call MPI_Isend(out(1:20:2), 10, MPI_INTEGER, to, 1, c, r(2))
    call MPI_Waitall(2, r, MPI_STATUSES_IGNORE)
    do i = 1, 10
      call check(got(3 * i - 2), from * 1000 + round + 2 * i - 1, 'section')
      call check(got(3 * i - 1), -1, 'gap')
    end do
    if (r(1) /= MPI_REQUEST_NULL) call check(0, 1, 'request')
  end subroutine strided

  ! What counts at the root only is wrong elsewhere.
  subroutine rooted(comm)
    type(MPI_Comm), intent(in) :: comm
    integer :: x, all(nprocs), starts(nprocs), counts(nprocs)
    type(MPI_Request) :: r
    x = rank + round
    starts = [(i, i = 0, nprocs - 1)]
    counts = 1
    all = -1
    call MPI_Gather(x, 1, MPI_INTEGER, all, 1, MPI_INTEGER, root, comm)
    call whole(all, 'gather')
    call MPI_Gatherv(x, 1, MPI_INTEGER, all, counts, starts, MPI_INTEGER, &
         root, comm)
    call whole(all, 'gatherv')
    call MPI_Igather(x, 1, MPI_INTEGER, all, 1, MPI_INTEGER, root, comm, r)
    call MPI_Wait(r, MPI_STATUS_IGNORE)
    call whole(all, 'igather')
    x = -1
    call MPI_Scatter(all, 1, MPI_INTEGER, x, 1, MPI_INTEGER, root, comm)
    call check(x, rank + round, 'scatter')
    x = -1
    call MPI_Scatterv(all, counts, starts, MPI_INTEGER, x, 1, MPI_INTEGER, &
         root, comm)
    call check(x, rank + round, 'scatterv')
  end subroutine rooted

  subroutine whole(all, what)
    integer, intent(inout) :: all(:)
    character(*), intent(in) :: what
    if (rank /= root) return
    do i = 1, size(all)
      call check(all(i), i - 1 + round, what)
    end do
    if (what /= 'igather') all = -1
  end subroutine whole

  ! The first of the ranks with even numbers hears of all others.
  subroutine across
    integer :: x, all(nprocs), at
    x = rank + round
    all = -1
    at = MPI_PROC_NULL
    if (rank == 0) at = MPI_ROOT
    if (mod(rank, 2) == 1) at = 0
    call MPI_Gather(x, 1, MPI_INTEGER, all, 1, MPI_INTEGER, at, inter)
    do i = 1, nprocs / 2
      if (rank == 0) call check(all(i), 2 * i - 1 + round, 'across')
    end do
  end subroutine across

  subroutine each_peer(comm, n)
    type(MPI_Comm), intent(in) :: comm
    integer, intent(in) :: n
    integer, asynchronous :: out(n), got(n)
    integer :: counts(n), starts(n), me
    type(MPI_Datatype) :: types(n)
    type(MPI_Request) :: r
    call MPI_Comm_rank(comm, me)
    counts = 1
    starts = [(4 * i, i = 0, n - 1)]
    types = MPI_INTEGER
    out = [(100 * me + i + round, i = 0, n - 1)]
    got = -1
    call MPI_Alltoallw(out, counts, starts, types, got, counts, starts, &
         types, comm)
    do i = 1, n
      call check(got(i), 100 * (i - 1) + me + round, 'alltoallw')
    end do
    got = -1
    call MPI_Ialltoallw(out, counts, starts, types, got, counts, starts, &
         types, comm, r)
    types = MPI_DATATYPE_NULL
    call MPI_Wait(r, MPI_STATUS_IGNORE)
    do i = 1, n
      call check(got(i), 100 * (i - 1) + me + round, 'ialltoallw')
    end do
  end subroutine each_peer

  subroutine near
    integer, asynchronous :: out(2), got(2)
    type(MPI_Request) :: r
    out = rank + round
    got = -1
    call MPI_Neighbor_alltoallv(out, [1, 1], [0, 1], MPI_INTEGER, got, &
         [1, 1], [0, 1], MPI_INTEGER, ring)
    call check(got(1), from + round, 'neighbour below')
    got = -1
    call MPI_Ineighbor_alltoallw(out, [1, 1], [0_MPI_ADDRESS_KIND, &
         4_MPI_ADDRESS_KIND], [MPI_INTEGER, MPI_INTEGER], got, [1, 1], &
         [0_MPI_ADDRESS_KIND, 4_MPI_ADDRESS_KIND], [MPI_INTEGER, &
         MPI_INTEGER], ring, r)
    call MPI_Wait(r, MPI_STATUS_IGNORE)
    call check(got(2), to + round, 'neighbour above')
  end subroutine near

  ! Some of them are over, the others keep their handles.
  subroutine some
    integer, asynchronous :: out(3), got(3)
    type(MPI_Request) :: r(6), was(6)
    integer :: n, which
    logical :: flag
    out = [(rank + round + i, i = 1, 3)]
    do i = 1, 3
      call MPI_Irecv(got(i), 1, MPI_INTEGER, from, i, c, r(i))
      call MPI_Isend(out(i), 1, MPI_INTEGER, to, i, c, r(3 + i))
    end do
    n = 0
    do while (n < 4)
      was = r
      call MPI_Testany(6, r, which, flag, MPI_STATUS_IGNORE)
      do i = 1, 6
        if (flag .and. i == which) then
          if (r(i) /= MPI_REQUEST_NULL) call check(i, 0, 'a request over')
        else if (r(i) /= was(i)) then
          call check(i, 0, 'another request')
        end if
      end do
      if (flag) n = n + 1
    end do
    call MPI_Waitall(6, r, MPI_STATUSES_IGNORE)
    do i = 1, 3
      call check(got(i), from + round + i, 'what came')
    end do
  end subroutine some
end program sections
