! SPDX-License-Identifier: MIT
! fortran08.f90 - use mpi_f08: typed handles, statuses, optional ierror
! test: ranks=2,4
program f08
  use mpi_f08
  implicit none
  type(MPI_Comm) :: c
  type(MPI_Request) :: r(2)
  type(MPI_Status) :: st, sts(2)
  type(MPI_Datatype) :: pair
  type(MPI_Op) :: op
  integer :: rank, nprocs, round = 0, step = 0, from, to, n, i
  integer :: out(50), got(50), total
  logical :: more = .true.
  double precision :: t0, limit = 3
  character(32) :: arg

  call MPI_Init()
  call MPI_Comm_dup(MPI_COMM_WORLD, c)
  call MPI_Comm_rank(c, rank)
  call MPI_Comm_size(c, nprocs)
  call get_command_argument(1, arg)
  if (arg /= ' ') read (arg, *) limit
  call MPI_Type_contiguous(2, MPI_INTEGER, pair)
  call MPI_Type_commit(pair)
  call MPI_Op_create(add, .true., op)
  to = mod(rank + 1, nprocs)
  from = mod(rank + nprocs - 1, nprocs)
  t0 = MPI_Wtime()
  do while (more)
    round = round + 1
    out = [(i * rank + round, i = 1, 50)]
    call MPI_Irecv(got, 25, pair, from, 3, c, r(1))
    call MPI_Isend(out, 25, pair, to, 3, c, r(2))
    call MPI_Waitall(2, r, sts)
    call check(sts(1)%MPI_SOURCE, from, 'source')
    call MPI_Get_count(sts(1), pair, n)
    call check(n, 25, 'count')
    do i = 1, 50
      call check(got(i), i * from + round, 'data')
    end do
    call MPI_Sendrecv_replace(out, 50, MPI_INTEGER, to, 4, from, &
         MPI_ANY_TAG, c, st)
    call check(st%MPI_TAG, 4, 'tag')
    call check(out(50), 50 * from + round, 'replaced')
    total = rank
    call MPI_Allreduce(MPI_IN_PLACE, total, 1, MPI_INTEGER, op, c)
    call check(total, nprocs * (nprocs - 1) / 2, 'user operation')
    more = MPI_Wtime() - t0 < limit .and. MPI_Wtime() >= t0
    call MPI_Bcast(more, 1, MPI_LOGICAL, 0, c)
  end do
  call MPI_Op_free(op)
  call MPI_Type_free(pair)
  call MPI_Comm_free(c)
  call MPI_Barrier(MPI_COMM_WORLD)
  if (rank == 0) print '(A)', 'PASSED'
  call MPI_Finalize()

contains
  include 'check.inc'

  subroutine add(in, inout, length, t)
    use, intrinsic :: iso_c_binding, only: c_ptr, c_f_pointer
    type(c_ptr), value :: in, inout
    integer :: length
    type(MPI_Datatype) :: t
    integer, pointer :: a(:), b(:)
    if (t /= MPI_INTEGER) call check(0, 1, 'type')
    call c_f_pointer(in, a, [length])
    call c_f_pointer(inout, b, [length])
    b = a + b
  end subroutine add
end program f08
