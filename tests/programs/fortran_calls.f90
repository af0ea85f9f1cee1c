! SPDX-License-Identifier: MIT
! fortran_calls.f90 - what Fortran sees otherwise than C: callbacks, attributes,
! indices, strings, sentinels, arrays of handles, MPI-1's small displacements
! test: ranks=2
module calls
  use mpi
  implicit none
  integer, parameter :: addr = MPI_ADDRESS_KIND
  ! MPICH 5 (statuses of other libraries have another size) returns success
  ! where it has called a handler.
  logical, parameter :: mpich5 = MPI_VERSION >= 5 .and. MPI_STATUS_SIZE == 5
  integer :: rank, nprocs, ierr, copies = 0, deletes = 0, errors = 0, queries = 0
  integer :: round = 0, step = 0
contains
  include 'check.inc'

  subroutine weighted(in, inout, n, datatype)
    integer :: n, datatype
    double precision :: in(n), inout(n)
    call check(datatype, MPI_DOUBLE_PRECISION, 'type of an op')
    inout = inout + 2 * in
  end subroutine weighted

  subroutine copy(comm, key, extra, in, out, flag, err)
    integer :: comm, key, err
    integer(addr) :: extra, in, out
    logical :: flag
    if (extra /= 17_addr * 2_addr ** 33) call check(0, 1, 'extra state')
    copies = copies + 1
    out = in + 1
    flag = .true.
    err = MPI_SUCCESS
  end subroutine copy

  subroutine remove(comm, key, value, extra, err)
    integer :: comm, key, err
    integer(addr) :: value, extra
    deletes = deletes + 1
    err = MPI_SUCCESS
  end subroutine remove

  subroutine handler(comm, code)
    integer :: comm, code, n, class
    call MPI_Comm_size(comm, n, ierr)
    call check(n, nprocs, 'size in a handler')
    call MPI_Error_class(code, class, ierr)
    call check(class, MPI_ERR_RANK, 'class in a handler')
    errors = errors + 1
  end subroutine handler

  subroutine query(extra, status, err)
    integer :: status(MPI_STATUS_SIZE), err
    integer(addr) :: extra
    call MPI_Status_set_elements(status, MPI_INTEGER, int(extra), ierr)
    call MPI_Status_set_cancelled(status, .false., ierr)
    status(MPI_SOURCE) = 1
    status(MPI_TAG) = 2
    queries = queries + 1
    err = MPI_SUCCESS
  end subroutine query

  subroutine release(extra, err)
    integer :: err
    integer(addr) :: extra
    if (extra /= 5) call check(0, 1, 'extra of a request')
    err = MPI_SUCCESS
  end subroutine release

  subroutine cancel(extra, complete, err)
    integer :: err
    integer(addr) :: extra
    logical :: complete
    if (.not. complete) call check(int(extra), 0, 'complete')
    err = MPI_SUCCESS
  end subroutine cancel
end module calls

program fortran_calls
  use calls
  implicit none
  integer :: kept, op, key, err_kept
  logical :: more = .true.
  double precision :: t0, limit = 3
  character(32) :: arg
  call MPI_Init(ierr)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, ierr)
  call MPI_Comm_size(MPI_COMM_WORLD, nprocs, ierr)
  call get_command_argument(1, arg)
  if (arg /= ' ') read (arg, *) limit
  call MPI_Comm_dup(MPI_COMM_WORLD, kept, ierr)
  call MPI_Op_create(weighted, .false., op, ierr)
  call MPI_Comm_create_keyval(copy, remove, key, 17_addr * 2_addr ** 33, ierr)
  call MPI_Comm_set_attr(kept, key, 2_addr ** 40, ierr)
  call MPI_Comm_create_errhandler(handler, err_kept, ierr)
  call MPI_Comm_set_errhandler(kept, err_kept, ierr)
  t0 = MPI_Wtime()
  do while (more)
    round = round + 1
    call reductions
    call attributes
    call predefined
    call failing
    call indices
    call types
    call strings
    call generalized
    call graph
    more = MPI_Wtime() - t0 < limit .and. MPI_Wtime() >= t0
    call MPI_Bcast(more, 1, MPI_LOGICAL, 0, kept, ierr)
  end do
  call MPI_Comm_free(kept, ierr)
  call check(deletes, round + 1, 'attributes deleted')
  call MPI_Op_free(op, ierr)
  call check(op, MPI_OP_NULL, 'freed op')
  call MPI_Barrier(MPI_COMM_WORLD, ierr)
  if (rank == 0) print '(A)', 'PASSED'
  call MPI_Finalize(ierr)
contains
  subroutine reductions
    double precision :: x(3), y(3)
    integer :: n(2)
    x = [1d0, 2d0, dble(rank)]
    call MPI_Allreduce(x, y, 3, MPI_DOUBLE_PRECISION, op, kept, ierr)
    if (y(1) /= 2d0 ** nprocs - 1) call check(int(y(1)), nprocs, 'user op')
    n = [rank, 1]
    call MPI_Allreduce(MPI_IN_PLACE, n, 2, MPI_INTEGER, MPI_SUM, kept, ierr)
    call check(n(1), nprocs * (nprocs - 1) / 2, 'in place')
    n = [nprocs - rank, rank]
    call MPI_Allreduce(MPI_IN_PLACE, n, 1, MPI_2INTEGER, MPI_MAXLOC, kept, ierr)
    call check(n(1), nprocs, 'maximum')
    call check(n(2), 0, 'its place')
  end subroutine reductions

  subroutine attributes
    integer(addr) :: value
    integer :: c, had
    logical :: flag
    had = copies
    call MPI_Comm_dup(kept, c, ierr)
    call check(copies, had + 1, 'attributes copied')
    call MPI_Comm_get_attr(c, key, value, flag, ierr)
    if (.not. flag .or. value /= 2_addr ** 40 + 1) call check(0, 1, 'copy')
    call MPI_Comm_free(c, ierr)
    call MPI_Comm_get_attr(kept, key, value, flag, ierr)
    if (.not. flag .or. value /= 2_addr ** 40) call check(0, 1, 'attribute')
  end subroutine attributes

  subroutine predefined
    integer(addr) :: value
    integer :: small
    logical :: flag
    call MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_TAG_UB, value, flag, ierr)
    if (.not. flag .or. value < 32767) call check(0, 1, 'tag_ub')
    call MPI_Attr_get(MPI_COMM_WORLD, MPI_TAG_UB, small, flag, ierr)
    if (.not. flag .or. small /= value) call check(small, 0, 'small tag_ub')
  end subroutine predefined

  subroutine failing
    integer :: had, code
    had = errors
    call MPI_Send(had, 1, MPI_INTEGER, nprocs + 5, 0, kept, code)
    call check(errors, had + 1, 'handler calls')
    if (code == MPI_SUCCESS .and. .not. mpich5) call check(code, 1, 'code')
  end subroutine failing

  subroutine indices
    integer :: r(4), b(4), i, index, n, which(4), seen(4), to
    integer :: st(MPI_STATUS_SIZE), sts(MPI_STATUS_SIZE, 4)
    logical :: flag
    to = mod(rank + 1, nprocs)
    do i = 1, 4
      call MPI_Irecv(b(i), 1, MPI_INTEGER, MPI_ANY_SOURCE, i, kept, r(i), ierr)
    end do
    call MPI_Barrier(kept, ierr)
    call MPI_Send(30, 1, MPI_INTEGER, to, 3, kept, ierr)
    call MPI_Waitany(4, r, index, st, ierr)
    call check(index, 3, 'waitany')
    call check(st(MPI_TAG), 3, 'its tag')
    call check(b(3), 30, 'its value')
    call check(r(3), MPI_REQUEST_NULL, 'its request')
    call MPI_Barrier(kept, ierr)
    seen = 0
    call MPI_Send(10, 1, MPI_INTEGER, to, 1, kept, ierr)
    call MPI_Send(40, 1, MPI_INTEGER, to, 4, kept, ierr)
    do while (seen(1) + seen(4) < 2)
      call MPI_Waitsome(4, r, n, which, sts, ierr)
      do i = 1, n
        seen(which(i)) = 1
        call check(sts(MPI_TAG, i), which(i), 'waitsome')
      end do
    end do
    call MPI_Barrier(kept, ierr)
    call MPI_Send(20, 1, MPI_INTEGER, to, 2, kept, ierr)
    flag = .false.
    do while (.not. flag)
      call MPI_Testany(4, r, index, flag, MPI_STATUS_IGNORE, ierr)
    end do
    call check(index, 2, 'testany')
    call MPI_Waitall(4, r, MPI_STATUSES_IGNORE, ierr)
  end subroutine indices

  subroutine types
    integer :: t, n, combiner, na, nd, ints(8), inner(2), a, x, y, i
    integer :: w(nprocs), counts(nprocs), displs(nprocs), got(nprocs)
    integer(addr) :: lb, extent, aints(4), where(2)
    call MPI_Type_create_struct(2, [1, 2], [0_addr, 16_addr], &
         [MPI_INTEGER, MPI_DOUBLE_PRECISION], t, ierr)
    call MPI_Type_commit(t, ierr)
    call MPI_Type_get_extent(t, lb, extent, ierr)
    call check(int(extent), 32, 'extent')
    call MPI_Type_get_envelope(t, n, na, nd, combiner, ierr)
    call check(combiner, MPI_COMBINER_STRUCT, 'combiner')
    call MPI_Type_get_contents(t, n, na, nd, ints, aints, inner, ierr)
    call check(inner(2), MPI_DOUBLE_PRECISION, 'inner type')
    call check(int(aints(2)), 16, 'displacement')
    call MPI_Type_free(t, ierr)
    x = rank + 1
    call MPI_Get_address(x, where(1), ierr)
    call MPI_Type_create_hindexed(1, [1], where, MPI_INTEGER, t, ierr)
    call MPI_Type_commit(t, ierr)
    call MPI_Sendrecv(MPI_BOTTOM, 1, t, mod(rank + 1, nprocs), 3, y, 1, &
         MPI_INTEGER, mod(rank + nprocs - 1, nprocs), 3, kept, &
         MPI_STATUS_IGNORE, ierr)
    call check(y, mod(rank + nprocs - 1, nprocs) + 1, 'from the bottom')
    call MPI_Type_free(t, ierr)
    w = [(rank * 10 + i, i = 1, nprocs)]
    counts = 1
    displs = [(4 * (i - 1), i = 1, nprocs)]
    call MPI_Alltoallw(w, counts, displs, [(MPI_INTEGER, i = 1, nprocs)], got, &
         counts, displs, [(MPI_INTEGER, i = 1, nprocs)], kept, ierr)
    call check(got(nprocs), (nprocs - 1) * 10 + rank + 1, 'alltoallw')
    call MPI_Sizeof(extent, a, ierr)
    call check(a, addr, 'sizeof')
  end subroutine types

  subroutine strings
    integer :: info, n
    character(20) :: value
    character(MPI_MAX_INFO_KEY) :: name
    character(MPI_MAX_ERROR_STRING) :: text
    logical :: flag
    call MPI_Info_create(info, ierr)
    call MPI_Info_set(info, ' a key  ', '  some value ', ierr)
    value = 'xxxxxxxxxxxxxxxxxxxx'
    call MPI_Info_get(info, 'a key', 20, value, flag, ierr)
    if (.not. flag .or. value /= 'some value') call check(0, 1, 'info')
    call MPI_Info_get_nthkey(info, 0, name, ierr)
    if (name /= 'a key') call check(0, 1, 'key')
    call MPI_Info_get_valuelen(info, 'a key', n, flag, ierr)
    call check(n, 10, 'length')
    call MPI_Info_get(info, 'none', 20, value, flag, ierr)
    if (flag) call check(0, 1, 'no key')
    call MPI_Info_free(info, ierr)
    call MPI_Error_string(MPI_ERR_TAG, text, n, ierr)
    call check(len_trim(text), n, 'error text')
  end subroutine strings

  subroutine generalized
    integer :: r, st(MPI_STATUS_SIZE), n, had
    had = queries
    call MPI_Grequest_start(query, release, cancel, 5_addr, r, ierr)
    call MPI_Grequest_complete(r, ierr)
    call MPI_Wait(r, st, ierr)
    call check(r, MPI_REQUEST_NULL, 'generalized request')
    call check(queries, had + 1, 'queries')
    call MPI_Get_count(st, MPI_INTEGER, n, ierr)
    call check(n, 5, 'its count')
  end subroutine generalized

  subroutine graph
    integer :: c, in, out, from(1), to(1)
    logical :: weights
    call MPI_Dist_graph_create_adjacent(kept, 1, [mod(rank + nprocs - 1, &
         nprocs)], MPI_UNWEIGHTED, 1, [mod(rank + 1, nprocs)], &
         MPI_UNWEIGHTED, MPI_INFO_NULL, .false., c, ierr)
    call MPI_Dist_graph_neighbors_count(c, in, out, weights, ierr)
    if (weights) call check(0, 1, 'weights')
    call check(in + out, 2, 'degrees')
    call MPI_Dist_graph_neighbors(c, 1, from, MPI_UNWEIGHTED, 1, to, &
         MPI_UNWEIGHTED, ierr)
    call check(to(1), mod(rank + 1, nprocs), 'neighbour')
    call MPI_Comm_free(c, ierr)
  end subroutine graph
end program fortran_calls
