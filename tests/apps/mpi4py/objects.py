# SPDX-License-Identifier: MIT
"""objects.py - Python programs: pickled objects and numpy buffers, checked."""
import sys
import time

import numpy
from mpi4py import MPI

world = MPI.COMM_WORLD
rank, size = world.rank, world.size
right, left = (rank + 1) % size, (rank + size - 1) % size


def check(got, want, what):
    if got != want:
        sys.stderr.write("objects.py: rank %d: %s: got %r, expected %r\n" % (
            rank, what, got, want))
        sys.stderr.flush()
        world.Abort(1)


def thing(owner, n):
    return {"owner": owner, "n": n, "list": list(range(n % 50)),
            "text": "x" * (n * 37 % 5000)}


def pickled(n):
    request = world.isend(thing(rank, n), dest=right, tag=n % 7)
    if n % 20 == 0:
        time.sleep(0.2)
    status = MPI.Status()
    got = world.recv(source=MPI.ANY_SOURCE, tag=n % 7, status=status)
    check(got, thing(left, n), "object")
    check(status.Get_source(), left, "source")
    request.wait()
    check(world.bcast(thing(0, n) if rank == 0 else None), thing(0, n),
          "bcast")
    check(world.allgather(rank * n), [r * n for r in range(size)],
          "allgather")
    check(world.allreduce(rank + n), size * (size - 1) // 2 + size * n,
          "allreduce")
    part = world.scatter([(r, n) for r in range(size)]
                         if rank == 0 else None)
    check(part, (rank, n), "scatter")


def buffers(n):
    out = numpy.arange(2000, dtype="d") * (rank + 1) + n
    got = numpy.empty_like(out)
    requests = [world.Irecv(got, source=left, tag=9),
                world.Isend(out, dest=right, tag=9)]
    MPI.Request.Waitall(requests)
    check(bool((got == numpy.arange(2000.0) * (left + 1) + n).all()), True,
          "buffer")
    total = numpy.empty_like(out)
    world.Allreduce(out, total, op=MPI.SUM)
    want = numpy.arange(2000.0) * (size * (size + 1) // 2) + n * size
    check(bool((total == want).all()), True, "sum of buffers")


def largest(a, b):
    return a if len(a) >= len(b) else b


def operations(half, n):
    check(world.allreduce("y" * (rank + 1), op=largest), "y" * size,
          "Python operation")
    check(half.allreduce(1), half.size, "half")
    copy = half.Dup()
    check(copy.bcast(n, root=0), n, "duplicate")
    copy.Free()


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 4.0
    half = world.Split(rank % 2, rank)
    end = time.monotonic() + seconds
    n, more = 0, True
    while more:
        n += 1
        pickled(n)
        buffers(n)
        operations(half, n)
        more = world.bcast(time.monotonic() < end)
    half.Free()
    world.Barrier()
    if rank == 0:
        print("PASSED", flush=True)


main()
