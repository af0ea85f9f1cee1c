! SPDX-License-Identifier: MIT
! fortran_late.f90 - messages long sent, taken by every call of mpif.h (or, where
! F08 is defined, of mpi_f08)
! test: ranks=2 cflags=-cpp,-fallow-argument-mismatch
#ifdef F08
#define STATUS type(MPI_Status)
#define REQUEST type(MPI_Request)
#define MESSAGE type(MPI_Message)
#define DATATYPE type(MPI_Datatype)
#define SOURCE_OF(s) s%MPI_SOURCE
#define TAG_OF(s) s%MPI_TAG
#define IT(i) i
#else
#define STATUS integer, dimension(MPI_STATUS_SIZE)
#define REQUEST integer
#define MESSAGE integer
#define DATATYPE integer
#define SOURCE_OF(s) s(MPI_SOURCE)
#define TAG_OF(s) s(MPI_TAG)
#define IT(i) :, i
#endif
module late
#ifdef F08
  use mpi_f08
#endif
  implicit none
#ifndef F08
  include 'mpif.h'
#endif
  integer, parameter :: ways = 18, most = 5000
  integer :: rank, nprocs, from, to, ierr, round = 0
  integer :: got(most, 3), step ! which of the ways
  REQUEST :: kept(4)
  DATATYPE :: apart
contains
  include 'check.inc'

  integer function length(tag)
    integer, intent(in) :: tag
    length = merge(100, mod(tag * 877, most), tag == 36)
  end function length

  subroutine verify(st, tag)
    STATUS :: st
    integer, intent(in) :: tag
    integer :: n
    logical :: flag
    call check(SOURCE_OF(st), from, 'source')
    call check(TAG_OF(st), tag, 'tag')
    call MPI_Get_count(st, MPI_INTEGER, n, ierr)
    call check(n, length(tag), 'count')
    call MPI_Get_elements(st, MPI_INTEGER, n, ierr)
    call check(n, length(tag), 'elements')
    flag = .true.
    call MPI_Test_cancelled(st, flag, ierr)
    if (flag) call check(1, 0, 'cancelled')
  end subroutine verify

  subroutine received(st, tag, at)
    STATUS :: st
    integer, intent(in) :: tag, at
    integer :: i
    call verify(st, tag)
    do i = 1, length(tag)
      call check(got(i, at), from * 10000 + tag + i + round, 'data')
    end do
    got = -1
  end subroutine received

  subroutine take_one(tag)
    integer, intent(in) :: tag
    STATUS :: st
    MESSAGE :: m
    REQUEST :: r
    logical :: flag
    flag = .false.
    select case (step)
    case (1)
      call MPI_Recv(got, most, MPI_INTEGER, MPI_ANY_SOURCE, tag, &
           MPI_COMM_WORLD, st, ierr)
    case (2)
      call MPI_Probe(from, tag, MPI_COMM_WORLD, st, ierr)
      call verify(st, tag)
      call MPI_Recv(got, most, MPI_INTEGER, SOURCE_OF(st), TAG_OF(st), &
           MPI_COMM_WORLD, st, ierr)
    case (3)
      do while (.not. flag)
        call MPI_Iprobe(MPI_ANY_SOURCE, tag, MPI_COMM_WORLD, flag, st, ierr)
      end do
      call verify(st, tag)
      call MPI_Irecv(got, most, MPI_INTEGER, from, tag, MPI_COMM_WORLD, r, ierr)
      call MPI_Cancel(r, ierr)
      call MPI_Wait(r, st, ierr)
    case (4)
      call MPI_Mprobe(from, tag, MPI_COMM_WORLD, m, st, ierr)
      call verify(st, tag)
      call MPI_Mrecv(got, most, MPI_INTEGER, m, st, ierr)
    case (5)
      do while (.not. flag)
        call MPI_Improbe(MPI_ANY_SOURCE, tag, MPI_COMM_WORLD, flag, m, st, ierr)
      end do
      call verify(st, tag)
      call MPI_Imrecv(got, most, MPI_INTEGER, m, r, ierr)
      call MPI_Wait(r, st, ierr)
    case (6)
      call MPI_Sendrecv(step, 0, MPI_INTEGER, MPI_PROC_NULL, 0, got, most, &
           MPI_INTEGER, from, tag, MPI_COMM_WORLD, st, ierr)
    case (7)
      call MPI_Sendrecv_replace(got, most, MPI_INTEGER, MPI_PROC_NULL, 0, &
           MPI_ANY_SOURCE, tag, MPI_COMM_WORLD, st, ierr)
    case (8)
      call MPI_Irecv(got, most, MPI_INTEGER, from, tag, MPI_COMM_WORLD, r, ierr)
      do while (.not. flag)
        call MPI_Test(r, flag, st, ierr)
      end do
    case (9)
      call MPI_Irecv(got, most, MPI_INTEGER, from, tag, MPI_COMM_WORLD, r, ierr)
      do while (.not. flag)
        call MPI_Request_get_status(r, flag, st, ierr)
      end do
      call MPI_Wait(r, MPI_STATUS_IGNORE, ierr)
    end select
    call received(st, tag, 1)
  end subroutine take_one

  ! Two messages, of tags tag and tag + 1, by the calls for arrays.
  subroutine take_two(tag)
    integer, intent(in) :: tag
    REQUEST :: r(3)
    STATUS :: st
    integer :: i, n, left, which(3), seen(2)
#ifdef F08
    type(MPI_Status) :: sts(3)
#else
    integer :: sts(MPI_STATUS_SIZE, 3)
#endif
    logical :: flag
    flag = .true.
    seen = 0
    r = MPI_REQUEST_NULL
    if (step >= 15) then
      r(1:2) = kept(2 * step - 29:2 * step - 28)
      call MPI_Startall(2, r, ierr)
    else
      do i = 1, 2
        call MPI_Irecv(got(1, i), most, MPI_INTEGER, MPI_ANY_SOURCE, &
             tag + i - 1, MPI_COMM_WORLD, r(i), ierr)
      end do
    end if
    left = 2
    do while (left > 0)
      n = 1
      select case (step)
      case (10)
        call MPI_Waitall(3, r, sts, ierr)
        n = 2
        which(1:2) = [1, 2]
      case (11)
        call MPI_Testall(3, r, flag, sts, ierr)
        n = 2
        which(1:2) = [1, 2]
      case (12, 15)
        call MPI_Waitany(3, r, which(1), st, ierr)
      case (13)
        call MPI_Testany(3, r, which(1), flag, st, ierr)
      case (14)
        call MPI_Waitsome(3, r, n, which, sts, ierr)
      case default
        call MPI_Testsome(3, r, n, which, sts, ierr)
      end select
      if (.not. flag) n = 0
      do i = 1, n
        if (step /= 12 .and. step /= 13 .and. step /= 15) st = sts(IT(i))
#ifdef F08
        ! MPICH 4.0's mpi_f08 gives indices from 0.
        if (step >= 12) which(i) = TAG_OF(st) - tag + 1
#endif
        call verify(st, tag + which(i) - 1)
        seen(which(i)) = seen(which(i)) + 1
      end do
      left = left - n
    end do
    call check(seen(1) * 10 + seen(2), 11, 'completions')
    do i = 1, length(tag + 1)
      call check(got(i, 2), from * 10000 + tag + 1 + i + round, 'second')
    end do
    got = -1
  end subroutine take_two

  ! Every third element; what does not fit.
  subroutine take_typed(tag)
    integer, intent(in) :: tag
    STATUS :: st
    integer :: i, code, n
    if (step == 17) then
      call MPI_Recv(got, length(tag), apart, from, tag, MPI_COMM_WORLD, st, ierr)
      call verify(st, tag)
      do i = 1, length(tag)
        n = 3 * i - 2
        call check(got(1 + mod(n - 1, most), 1 + (n - 1) / most), &
             from * 10000 + tag + i + round, 'apart')
      end do
    else
      call MPI_Recv(got, length(tag) - 1, MPI_INTEGER, from, tag, &
           MPI_COMM_WORLD, st, code)
      call MPI_Error_class(code, n, ierr)
      call check(n, MPI_ERR_TRUNCATE, 'class')
      call check(SOURCE_OF(st), from, 'source of the truncated')
      call check(got(length(tag), 1), -1, 'beyond the end')
    end if
    got = -1
  end subroutine take_typed

  subroutine wait_a_while
    STATUS :: st
    double precision :: t
    logical :: flag
    t = MPI_Wtime()
    do while (MPI_Wtime() - t < 0.6d0 .and. MPI_Wtime() >= t)
      call MPI_Iprobe(from, 999, MPI_COMM_WORLD, flag, st, ierr)
    end do
  end subroutine wait_a_while

  subroutine round_of
    REQUEST :: r(most)
    integer, save :: out(most, 2 * ways + 1)
    integer :: i, tag, n
    n = 0
    do tag = 2, 2 * ways + 1
      if (mod(tag, 2) == 1 .and. (tag / 2 < 10 .or. tag / 2 > 16)) cycle
      do i = 1, length(tag)
        out(i, tag) = rank * 10000 + tag + i + round
      end do
      n = n + 1
      call MPI_Isend(out(1, tag), length(tag), MPI_INTEGER, to, tag, &
           MPI_COMM_WORLD, r(n), ierr)
    end do
    call wait_a_while
    got = -1
    do step = ways, 1, -1
      if (step < 10) call take_one(2 * step)
      if (step >= 10 .and. step < 17) call take_two(2 * step)
      if (step >= 17) call take_typed(2 * step)
    end do
    call MPI_Waitall(n, r, MPI_STATUSES_IGNORE, ierr)
  end subroutine round_of
end module late

program fortran_late
  use late
  implicit none
  logical :: more = .true.
  integer :: i
  double precision :: t0, limit = 3
  character(32) :: arg
  call MPI_Init(ierr)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, ierr)
  call MPI_Comm_size(MPI_COMM_WORLD, nprocs, ierr)
  call MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN, ierr)
  call get_command_argument(1, arg)
  if (arg /= ' ') read (arg, *) limit
  to = mod(rank + 1, nprocs)
  from = mod(rank + nprocs - 1, nprocs)
  call MPI_Type_create_resized(MPI_INTEGER, 0_MPI_ADDRESS_KIND, &
       12_MPI_ADDRESS_KIND, apart, ierr)
  call MPI_Type_commit(apart, ierr)
  do i = 1, 4
    call MPI_Recv_init(got(1, 2 - mod(i, 2)), most, MPI_INTEGER, &
         MPI_ANY_SOURCE, 29 + i, MPI_COMM_WORLD, kept(i), ierr)
  end do
  t0 = MPI_Wtime()
  do while (more)
    round = round + 1
    call round_of
    more = MPI_Wtime() - t0 < limit .and. MPI_Wtime() >= t0
    call MPI_Bcast(more, 1, MPI_LOGICAL, 0, MPI_COMM_WORLD, ierr)
  end do
  do i = 1, 4
    call MPI_Request_free(kept(i), ierr)
  end do
  call MPI_Type_free(apart, ierr)
  call MPI_Barrier(MPI_COMM_WORLD, ierr)
  if (rank == 0) print '(A)', 'PASSED'
  call MPI_Finalize(ierr)
end program fortran_late
