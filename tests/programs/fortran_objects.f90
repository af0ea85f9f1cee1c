! SPDX-License-Identifier: MIT
! fortran_objects.f90 - objects made once by Fortran and used all along: callbacks,
! names, infos, topologies, types, persistent requests; by mpif.h or, where F08
! is defined, mpi_f08
! test: ranks=2,4 cflags=-cpp,-fallow-argument-mismatch
#ifdef F08
#define A(what) type(what)
#else
#define A(what) integer
#endif
module objects
#ifdef F08
  use mpi_f08
#endif
  implicit none
#ifndef F08
  include 'mpif.h'
#endif
  integer, parameter :: addr = MPI_ADDRESS_KIND
  integer(addr), parameter :: state = 7_addr * 2_addr ** 34
  integer :: rank, nprocs, ierr, round = 0, step = 0
  integer :: copies = 0, deletes = 0, errors = 0, reductions = 0
  A(MPI_Comm) :: plain, grid, ring, web
  A(MPI_Group) :: all
  A(MPI_Op) :: op
  A(MPI_Errhandler) :: handler
  A(MPI_Info) :: info
  A(MPI_Datatype) :: record, block
  A(MPI_Request) :: kept(4)
  integer :: key, type_key, source(3), target(3), out(8), got(8)
contains
  include 'check.inc'

#ifdef F08
  subroutine largest(in, inout, n, t)
    use, intrinsic :: iso_c_binding, only: c_ptr, c_f_pointer
    type(c_ptr), value :: in, inout
    integer :: n
    type(MPI_Datatype) :: t
    integer, pointer :: x(:), y(:)
    call c_f_pointer(in, x, [n])
    call c_f_pointer(inout, y, [n])
    if (t /= MPI_INTEGER) call check(0, 1, 'type of an op')
#else
  subroutine largest(x, y, n, t)
    integer :: n, t, x(n), y(n)
    if (t /= MPI_INTEGER) call check(0, 1, 'type of an op')
#endif
    y = max(x, y)
    reductions = reductions + 1
  end subroutine largest

  subroutine copy(c, k, extra, in, out, flag, err)
    A(MPI_Comm) :: c
    integer :: k, err
    integer(addr) :: extra, in, out
    logical :: flag
    if (extra /= state .or. c /= plain) call check(0, 1, 'what is copied')
    copies = copies + 1
    out = in + 1
    flag = .true.
    err = MPI_SUCCESS
  end subroutine copy

  subroutine remove(c, k, value, extra, err)
    A(MPI_Comm) :: c
    integer :: k, err
    integer(addr) :: value, extra
    if (extra /= state) call check(0, 1, 'state of what is deleted')
    deletes = deletes + 1
    err = MPI_SUCCESS
  end subroutine remove

  subroutine type_copy(t, k, extra, in, out, flag, err)
    A(MPI_Datatype) :: t
    integer :: k, err
    integer(addr) :: extra, in, out
    logical :: flag
    if (t /= record) call check(0, 1, 'type that is copied')
    out = in * 2
    flag = .true.
    err = MPI_SUCCESS
  end subroutine type_copy

  subroutine type_remove(t, k, value, extra, err)
    A(MPI_Datatype) :: t
    integer :: k, err
    integer(addr) :: value, extra
    err = MPI_SUCCESS
  end subroutine type_remove

  subroutine on_error(c, code)
    A(MPI_Comm) :: c
    integer :: code, class
    if (c /= plain) call check(0, 1, 'whose error it is')
    call MPI_Error_class(code, class, ierr)
    call check(class, MPI_ERR_RANK, 'class')
    errors = errors + 1
  end subroutine on_error

  subroutine make_communicators
    integer :: i, edges(2 * nprocs)
    call MPI_Comm_dup(MPI_COMM_WORLD, plain, ierr)
    call MPI_Comm_set_name(plain, ' a plain one', ierr)
    call MPI_Comm_create_keyval(copy, remove, key, state, ierr)
    call MPI_Comm_set_attr(plain, key, 2_addr ** 41, ierr)
    call MPI_Comm_create_errhandler(on_error, handler, ierr)
    call MPI_Comm_set_errhandler(plain, handler, ierr)
    call MPI_Cart_create(plain, 2, [nprocs / 2, 2], [.true., .false.], &
         .false., grid, ierr)
    do i = 1, nprocs
      edges(2 * i - 1) = mod(i, nprocs)
      edges(2 * i) = mod(i + nprocs - 2, nprocs)
    end do
    call MPI_Graph_create(plain, nprocs, [(2 * i, i = 1, nprocs)], edges, &
         .false., ring, ierr)
    call MPI_Dist_graph_create_adjacent(plain, 1, [mod(rank + nprocs - 1, &
         nprocs)], [3], 1, [mod(rank + 1, nprocs)], [4], MPI_INFO_NULL, &
         .false., web, ierr)
    call MPI_Comm_group(plain, all, ierr)
  end subroutine make_communicators

  subroutine make_types
    A(MPI_Datatype) :: t
    call MPI_Type_create_struct(2, [1, 2], [0_addr, 8_addr], [MPI_INTEGER, &
         MPI_INTEGER], t, ierr)
    call MPI_Type_create_resized(t, 0_addr, 16_addr, record, ierr)
    call MPI_Type_free(t, ierr)
    call MPI_Type_create_subarray(2, [4, 2], [2, 2], [1, 0], &
         MPI_ORDER_FORTRAN, MPI_INTEGER, block, ierr)
    call MPI_Type_commit(record, ierr)
    call MPI_Type_commit(block, ierr)
    call MPI_Type_set_name(record, 'record', ierr)
    call MPI_Type_create_keyval(type_copy, type_remove, type_key, 0_addr, ierr)
    call MPI_Type_set_attr(record, type_key, 21_addr, ierr)
  end subroutine make_types

  subroutine make_others
    integer :: to, from
    to = mod(rank + 1, nprocs)
    from = mod(rank + nprocs - 1, nprocs)
    call MPI_Op_create(largest, .true., op, ierr)
    call MPI_Info_create(info, ierr)
    call MPI_Info_set(info, 'first', 'one', ierr)
    call MPI_Info_set(info, ' second', ' two ', ierr)
    call MPI_Recv_init(got, 2, record, from, 1, plain, kept(1), ierr)
    call MPI_Recv_init(target, 3, MPI_INTEGER, MPI_ANY_SOURCE, 2, grid, &
         kept(2), ierr)
    call MPI_Send_init(out, 1, block, to, 1, plain, kept(3), ierr)
    call MPI_Ssend_init(source, 3, MPI_INTEGER, to, 2, grid, kept(4), ierr)
  end subroutine make_others

  subroutine callbacks
    integer :: x, code, had(3)
    integer(addr) :: value
    logical :: flag
    A(MPI_Comm) :: c
    A(MPI_Datatype) :: t
    A(MPI_Errhandler) :: h
    had = [reductions, errors, copies]
    call MPI_Allreduce(rank, x, 1, MPI_INTEGER, op, plain, ierr)
    call check(x, nprocs - 1, 'largest')
    call MPI_Send(x, 1, MPI_INTEGER, nprocs + 5, 0, plain, code)
    call check(errors, had(2) + 1, 'errors')
    call MPI_Comm_get_errhandler(plain, h, ierr)
    if (h /= handler) call check(0, 1, 'error handler')
    call MPI_Errhandler_free(h, ierr)
    call MPI_Comm_dup(plain, c, ierr)
    call check(copies, had(3) + 1, 'copies')
    call MPI_Comm_get_attr(c, key, value, flag, ierr)
    if (.not. flag .or. value /= 2_addr ** 41 + 1) call check(0, 1, 'copy')
    call MPI_Comm_free(c, ierr)
    call check(deletes, round, 'deletes')
    call MPI_Comm_get_attr(plain, key, value, flag, ierr)
    if (.not. flag .or. value /= 2_addr ** 41) call check(0, 1, 'attribute')
    call MPI_Type_dup(record, t, ierr)
    call MPI_Type_get_attr(t, type_key, value, flag, ierr)
    call check(int(value), 42, 'copy of a type attribute')
    call MPI_Type_free(t, ierr)
  end subroutine callbacks

  subroutine strings
    character(MPI_MAX_OBJECT_NAME) :: name
    character(MPI_MAX_INFO_KEY) :: word
    character(20) :: value
    integer :: n
    logical :: flag
    call MPI_Comm_get_name(plain, name, n, ierr)
    if (adjustl(name) /= 'a plain one') call check(n, 12, name)
    call MPI_Type_get_name(record, name, n, ierr)
    if (name /= 'record') call check(n, 6, name)
    call MPI_Info_get_nkeys(info, n, ierr)
    call check(n, 2, 'keys')
    call MPI_Info_get_nthkey(info, 1, word, ierr)
    if (word /= 'second') call check(0, 1, word)
    call MPI_Info_get(info, 'second', 20, value, flag, ierr)
    if (.not. flag .or. value /= 'two') call check(0, 1, value)
  end subroutine strings

  subroutine topologies
    integer :: dims(2), coords(2), n, left, right, w(1), v(1), near(2)
    logical :: periods(2), weighted
    A(MPI_Group) :: g
    call MPI_Cart_get(grid, 2, dims, periods, coords, ierr)
    call check(dims(1) * 10 + dims(2), nprocs / 2 * 10 + 2, 'dimensions')
    if (.not. periods(1) .or. periods(2)) call check(0, 1, 'periods')
    call check(coords(1) * 2 + coords(2), rank, 'coordinates')
    call MPI_Cart_shift(grid, 1, 1, left, right, ierr)
    call check(merge(right, left, coords(2) == 0), ieor(rank, 1), 'shift')
    call MPI_Graph_neighbors_count(ring, rank, n, ierr)
    call check(n, 2, 'neighbours')
    call MPI_Graph_neighbors(ring, rank, 2, near, ierr)
    call check(near(1), mod(rank + 1, nprocs), 'neighbour')
    call MPI_Dist_graph_neighbors_count(web, left, right, weighted, ierr)
    if (.not. weighted) call check(0, 1, 'weights')
    call MPI_Dist_graph_neighbors(web, 1, near(1:1), w, 1, near(2:2), v, ierr)
    call check(w(1) * 10 + v(1), 34, 'weights')
    call MPI_Comm_group(web, g, ierr)
    call MPI_Group_compare(g, all, n, ierr)
    call check(n, MPI_IDENT, 'group')
    call MPI_Group_free(g, ierr)
  end subroutine topologies

  subroutine persistent
    integer :: i, from
    from = mod(rank + nprocs - 1, nprocs)
    out = [(rank * 100 + round + i, i = 1, 8)]
    source = rank + round
    got = -1
    call MPI_Startall(4, kept, ierr)
    call MPI_Waitall(4, kept, MPI_STATUSES_IGNORE, ierr)
    call check(target(3), from + round, 'grid')
    ! Elements 2, 3, 6 of a block; into 1, 3, 4 of a record and 1 of the next.
    call check(got(1), from * 100 + round + 2, 'first')
    call check(got(2), -1, 'gap')
    call check(got(3), from * 100 + round + 3, 'second')
    call check(got(4), from * 100 + round + 6, 'third')
    call check(got(5), from * 100 + round + 7, 'fourth')
  end subroutine persistent
end module objects

program fortran_objects
  use objects
  implicit none
  logical :: more = .true.
  integer :: i
  double precision :: t0, limit = 3
  character(32) :: arg
  call MPI_Init(ierr)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, ierr)
  call MPI_Comm_size(MPI_COMM_WORLD, nprocs, ierr)
  call get_command_argument(1, arg)
  if (arg /= ' ') read (arg, *) limit
  call make_communicators
  call make_types
  call make_others
  copies = 0
  deletes = 0
  t0 = MPI_Wtime()
  do while (more)
    round = round + 1
    call callbacks
    call strings
    call topologies
    call persistent
    more = MPI_Wtime() - t0 < limit .and. MPI_Wtime() >= t0
    call MPI_Bcast(more, 1, MPI_LOGICAL, 0, plain, ierr)
  end do
  do i = 1, 4
    call MPI_Request_free(kept(i), ierr)
  end do
  call MPI_Comm_free(web, ierr)
  call MPI_Comm_free(ring, ierr)
  call MPI_Comm_free(grid, ierr)
  call MPI_Comm_free(plain, ierr)
  call check(deletes, round + 1, 'attributes deleted')
  call MPI_Info_free(info, ierr)
  call MPI_Op_free(op, ierr)
  call MPI_Barrier(MPI_COMM_WORLD, ierr)
  if (rank == 0) print '(A)', 'PASSED'
  call MPI_Finalize(ierr)
end program fortran_objects
