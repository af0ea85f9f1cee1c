/* SPDX-License-Identifier: MIT */
/* cxx.cc - C++: statics, exceptions through frames, containers, threads */
/* test: ranks=2 threads=2 cflags=-DOMPI_SKIP_MPICXX,-DMPICH_SKIP_MPICXX */
#include <mpi.h>
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
#include "check.h"

namespace {

struct Counted {
	static int alive;
	std::string name;

	explicit Counted(std::string n) : name(std::move(n)) { alive++; }
	Counted(const Counted &other) : name(other.name) { alive++; }
	~Counted() { alive--; }
};

int Counted::alive;
Counted global("made before main");
thread_local std::vector<int> per_thread(10, 7);

int thrower(int depth)
{
	Counted here("frame");

	if (depth == 0)
		throw std::runtime_error("bottom of " + here.name);
	return thrower(depth - 1) + 1;
}

void exceptions()
{
	std::string text;

	try {
		thrower(20);
	} catch (const std::exception &e) {
		text = e.what();
	}
	CHECK(text == "bottom of frame");
	CHECK_EQ(Counted::alive, 1);
}

void containers()
{
	std::map<std::string, std::unique_ptr<Counted>> map;
	std::ostringstream s;

	for (int i = 0; i < 100; i++)
		map[std::to_string(i)] = std::make_unique<Counted>("x");
	CHECK_EQ(Counted::alive, 101);
	for (auto &entry : map)
		s << entry.first << ' ';
	CHECK_EQ(s.str().size(), 290);
}

void threads()
{
	int sum = 0;
	std::thread t([&] {
		per_thread.push_back(1);
		sum = std::accumulate(per_thread.begin(), per_thread.end(), 0);
	});

	t.join();
	CHECK_EQ(sum, 71);
	CHECK_EQ(per_thread.size(), 10);
}

} // namespace

int main(int argc, char **argv)
{
	std::vector<double> v(1000);
	double sum = 0;

	check_start(argc, argv);
	CHECK(global.name == "made before main");
	while (check_more()) {
		exceptions();
		containers();
		if (check.round % 32 == 1) /* more often starves others */
			threads();
		std::iota(v.begin(), v.end(), check.rank);
		std::sort(v.rbegin(), v.rend());
		MPI_Allreduce(&v[0], &sum, 1, MPI_DOUBLE, MPI_SUM,
			      MPI_COMM_WORLD);
		CHECK(sum == check.size * 999.0 + 1);
	}
	if (check.rank == 0)
		std::cout << "PASSED" << std::endl;
	MPI_Finalize();
	return 0;
}
