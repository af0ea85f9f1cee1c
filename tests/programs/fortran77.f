C SPDX-License-Identifier: MIT
C fortran77.f - mpif.h: point to point, collectives, user operation
C test: ranks=2,4
      program f77
      include 'mpif.h'
      integer ierr, rank, nprocs, op, round, more, sum, i
      integer to, from, r(2), st(MPI_STATUS_SIZE), got(100), out(100)
      integer sts(MPI_STATUS_SIZE, 2), n, left
      double precision t0, limit
      character*32 arg
      external mymax

      call MPI_INIT(ierr)
      call MPI_COMM_RANK(MPI_COMM_WORLD, rank, ierr)
      call MPI_COMM_SIZE(MPI_COMM_WORLD, nprocs, ierr)
      limit = 3
      call getarg(1, arg)
      if (arg .ne. ' ') read(arg, *) limit
      call MPI_OP_CREATE(mymax, .true., op, ierr)
      to = mod(rank + 1, nprocs)
      from = mod(rank + nprocs - 1, nprocs)
      t0 = MPI_WTIME()
      more = 1
      round = 0
   10 if (more .eq. 0) goto 90
      round = round + 1
      do 20 i = 1, 100
        out(i) = rank * 1000 + i + round
   20 continue
      call MPI_IRECV(got, 100, MPI_INTEGER, from, 5, MPI_COMM_WORLD,
     &  r(1), ierr)
      call MPI_ISEND(out, 100, MPI_INTEGER, to, 5, MPI_COMM_WORLD,
     &  r(2), ierr)
      call MPI_WAITALL(2, r, sts, ierr)
      call check(sts(MPI_SOURCE, 1), from)
      call check(sts(MPI_TAG, 1), 5)
      call MPI_GET_COUNT(sts(1, 1), MPI_INTEGER, n, ierr)
      call check(n, 100)
      do 30 i = 1, 100
        call check(got(i), from * 1000 + i + round)
   30 continue
      call MPI_SENDRECV_REPLACE(out, 100, MPI_INTEGER, to, 6,
     &  MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, st, ierr)
      call check(st(MPI_SOURCE), from)
      call check(out(7), from * 1000 + 7 + round)
      sum = rank + round
      call MPI_ALLREDUCE(MPI_IN_PLACE, sum, 1, MPI_INTEGER, MPI_SUM,
     &  MPI_COMM_WORLD, ierr)
      call check(sum, nprocs * (nprocs - 1) / 2 + nprocs * round)
      call MPI_ALLREDUCE(rank, n, 1, MPI_INTEGER, op, MPI_COMM_WORLD,
     &  ierr)
      call check(n, nprocs - 1)
      left = 0
      if (MPI_WTIME() - t0 .lt. limit) left = 1
      if (MPI_WTIME() .lt. t0) left = 0
      more = left
      call MPI_BCAST(more, 1, MPI_INTEGER, 0, MPI_COMM_WORLD, ierr)
      goto 10
   90 call MPI_OP_FREE(op, ierr)
      call check(op, MPI_OP_NULL)
      call MPI_BARRIER(MPI_COMM_WORLD, ierr)
      if (rank .eq. 0) print '(A)', 'PASSED'
      call MPI_FINALIZE(ierr)
      end

      subroutine mymax(a, b, n, t)
      integer n, t, a(n), b(n), i
      do 10 i = 1, n
        b(i) = max(a(i), b(i))
   10 continue
      end

      subroutine check(got, want)
      include 'mpif.h'
      integer got, want, ierr
      if (got .eq. want) return
      write(0, *) 'fortran77: got ', got, ' expected ', want
      call MPI_ABORT(MPI_COMM_WORLD, 1, ierr)
      end
