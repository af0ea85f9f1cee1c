! SPDX-License-Identifier: MIT
! fortran90.f90 - use mpi: derived types, subarrays, splits, attributes, strings
! test: ranks=2,4
module state
  use mpi
  implicit none
  integer :: rank, nprocs, ierr, calls = 0, round = 0, step = 0
contains
  include 'check.inc'

  subroutine columns(round)
    integer, intent(in) :: round
    integer :: a(6, 5), row, i, st(MPI_STATUS_SIZE), got(5), n
    do i = 1, 5
      a(:, i) = rank * 100 + i * 10 + round
    end do
    call MPI_Type_vector(5, 1, 6, MPI_INTEGER, row, ierr)
    call MPI_Type_commit(row, ierr)
    call MPI_Sendrecv(a(3, 1), 1, row, mod(rank + 1, nprocs), 1, got, 5, &
         MPI_INTEGER, mod(rank + nprocs - 1, nprocs), 1, MPI_COMM_WORLD, &
         st, ierr)
    call MPI_Get_count(st, MPI_INTEGER, n, ierr)
    call check(n, 5, 'count')
    do i = 1, 5
      n = mod(rank + nprocs - 1, nprocs) * 100 + i * 10 + round
      call check(got(i), n, 'row element')
    end do
    call MPI_Type_free(row, ierr)
    call check(row, MPI_DATATYPE_NULL, 'freed type')
  end subroutine columns

  subroutine communicators(kept)
    integer, intent(in) :: kept
    integer :: c, n, m, length
    character(len=MPI_MAX_OBJECT_NAME) :: name
    call MPI_Comm_split(kept, mod(rank, 2), -rank, c, ierr)
    call MPI_Comm_size(c, n, ierr)
    call check(n, (nprocs + 1 - mod(rank, 2)) / 2, 'size')
    call MPI_Allreduce(1, m, 1, MPI_INTEGER, MPI_SUM, c, ierr)
    call check(m, n, 'sum')
    call MPI_Comm_free(c, ierr)
    call MPI_Comm_set_name(kept, 'kept name', ierr)
    call MPI_Comm_get_name(kept, name, length, ierr)
    call check(length, 9, 'name length')
    if (name /= 'kept name') call check(0, 1, 'name')
  end subroutine communicators

  subroutine late(round)
    integer, intent(in) :: round
    integer :: r, st(MPI_STATUS_SIZE), from, i
    double precision :: out(1000), got(1000), t
    logical :: flag
    from = mod(rank + nprocs - 1, nprocs)
    out = [(dble(i) * rank + round, i = 1, 1000)]
    call MPI_Isend(out, 1000, MPI_DOUBLE_PRECISION, mod(rank + 1, nprocs), &
         9, MPI_COMM_WORLD, r, ierr)
    t = MPI_Wtime()
    do while (MPI_Wtime() - t < 0.2d0 .and. MPI_Wtime() >= t)
      call MPI_Iprobe(from, 77, MPI_COMM_WORLD, flag, st, ierr)
    end do
    call MPI_Probe(MPI_ANY_SOURCE, 9, MPI_COMM_WORLD, st, ierr)
    call check(st(MPI_SOURCE), from, 'source')
    call MPI_Recv(got, 1000, MPI_DOUBLE_PRECISION, from, 9, &
         MPI_COMM_WORLD, MPI_STATUS_IGNORE, ierr)
    do i = 1, 1000
      if (got(i) /= dble(i) * from + round) call check(i, 0, 'late data')
    end do
    call MPI_Wait(r, MPI_STATUS_IGNORE, ierr)
  end subroutine late
end module state

program f90
  use state
  implicit none
  integer :: kept
  logical :: more = .true.
  double precision :: t0, limit = 3
  character(32) :: arg
  call MPI_Init(ierr)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, ierr)
  call MPI_Comm_size(MPI_COMM_WORLD, nprocs, ierr)
  call get_command_argument(1, arg)
  if (arg /= ' ') read (arg, *) limit
  call MPI_Comm_dup(MPI_COMM_WORLD, kept, ierr)
  t0 = MPI_Wtime()
  do while (more)
    round = round + 1
    call columns(round)
    call communicators(kept)
    call late(round)
    more = MPI_Wtime() - t0 < limit .and. MPI_Wtime() >= t0
    call MPI_Bcast(more, 1, MPI_LOGICAL, 0, kept, ierr)
  end do
  call MPI_Comm_free(kept, ierr)
  call MPI_Barrier(MPI_COMM_WORLD, ierr)
  if (rank == 0) print '(A)', 'PASSED'
  call MPI_Finalize(ierr)
end program f90
