/* SPDX-License-Identifier: MIT */
/* test_rendezvous.c - the file that says where a coordinator is */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../../client/rendezvous.h"
#include "../../common/handshake.h"

static char dir[64], err[WIRE_TEXT];
static int at;

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_rendezvous_XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	at = open(dir, O_RDONLY | O_DIRECTORY);
	return at < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	char cmd[128];

	(void)state;
	close(at);
	snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
	return system(cmd);
}

static int read_back(const char *text, struct client_where *w)
{
	int fd = openat(at, CLIENT_FILE, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return rendezvous_read(at, CLIENT_FILE, "the file", w, err,
			       sizeof(err));
}

static void test_round_trip(void **state)
{
	struct client_where w = { .host = "h",
				  .secret = "0123456789abcdef",
				  .port = 4711,
				  .pid = 42,
				  .on = "node1",
				  .address = { "10.0.0.1", "fd00::1" },
				  .n_addresses = 2 };
	struct client_where r;
	struct stat st;

	(void)state;
	assert_int_equal(
		rendezvous_write(at, CLIENT_FILE, "", &w, err, sizeof(err)), 0);
	assert_int_equal(fstatat(at, CLIENT_FILE, &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(
		rendezvous_read(at, CLIENT_FILE, "", &r, err, sizeof(err)), 0);
	assert_memory_equal(&w, &r, sizeof(w));
}

#define FILE_OF(port, pid)                                                     \
	"{\"host\":\"h\",\"on\":\"h\",\"secret\":\"s\",\"port\":" port         \
	",\"pid\":" pid "}"

static void test_nonsense(void **state)
{
	static const char *const bad[] = {
		FILE_OF("0", "1"),
		FILE_OF("65536", "1"),
		FILE_OF("1", "-1"),
		FILE_OF("1", "4294967297"),
		"{}",
		"[]",
		"{\"host\": \"a\nb\033[2J\"}",
		"",
	};
	struct client_where w;
	size_t i;

	(void)state;
	assert_int_equal(read_back(FILE_OF("1", "1"), &w), 0);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(read_back(bad[i], &w), -EINVAL);
		assert_non_null(strstr(err, "the file: "));
		assert_null(strpbrk(err, "\n\033"));
	}
}

/* Older coordinators write no addresses, later ones perhaps more members; and
 * what is no address is none. */
static void test_other_members(void **state)
{
	static const char *const odd[] = {
		"{\"a\": 1}",
		"7",
		"\"127.0.0.1\"",
		"[]",
		"[1, null, [\"127.0.0.1\"], \"0123456789012345678901234567890"
		"123456789012345\"]",
	};
	char text[8192];
	struct client_where w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		snprintf(text, sizeof(text),
			 "{\"addresses\": %s, \"new\": {}, %s", odd[i],
			 FILE_OF("1", "1") + 1);
		assert_int_equal(read_back(text, &w), 0);
		assert_int_equal(w.n_addresses, 0);
	}
	strcpy(text, "{\"addresses\": [\"10.0.0.1\"");
	for (i = 0; i < 200; i++)
		strcat(text, ", \"10.0.0.2\"");
	strcat(text, "], ");
	strcat(text, FILE_OF("1", "1") + 1);
	assert_int_equal(read_back(text, &w), 0);
	assert_int_equal(w.n_addresses, CLIENT_ADDRESSES);
	assert_string_equal(w.address[1], "10.0.0.2");
}

/* It could lead to a server of whoever wrote it. */
static void test_of_another_user(void **state)
{
	struct client_where w;

	(void)state;
	assert_int_equal(read_back(FILE_OF("1", "1"), &w), 0);
	assert_int_equal(fchmodat(at, CLIENT_FILE, 0666, 0), 0);
	assert_int_equal(read_back(FILE_OF("1", "1"), &w), -EPERM);
	assert_non_null(strstr(err, "everybody may write to it"));
	assert_int_equal(fchmodat(at, CLIENT_FILE, 0600, 0), 0);
	if (fchownat(at, CLIENT_FILE, 65534, (gid_t)-1, 0))
		return; /* not root */
	assert_int_equal(rendezvous_read(at, CLIENT_FILE, "the file", &w, err,
					 sizeof(err)),
			 -EPERM);
	assert_non_null(strstr(err, "belongs to another user"));
}

/* On that port of 127.0.0.host; 0: any. */
static int listen_at(uint32_t host, int port, struct sockaddr_in *a)
{
	socklen_t len = sizeof(*a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	memset(a, 0, sizeof(*a));
	a->sin_family = AF_INET;
	a->sin_addr.s_addr = htonl((INADDR_LOOPBACK & ~0xffU) | host);
	a->sin_port = htons((uint16_t)port);
	assert_int_equal(bind(fd, (struct sockaddr *)a, sizeof(*a)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)a, &len), 0);
	return fd;
}

static int listener(struct client_where *w)
{
	struct sockaddr_in a;
	int fd = listen_at(1, 0, &a);

	memset(w, 0, sizeof(*w));
	strcpy(w->host, "127.0.0.1");
	assert_int_equal(gethostname(w->on, sizeof(w->on)), 0);
	w->port = ntohs(a.sin_port);
	return fd;
}

/* Greets whoever calls, as one with this secret would; its process. */
static pid_t greeter(int fd, const char *secret)
{
	struct wire_greeting g;
	struct wire_conn c;
	struct wire_msg m;
	pid_t pid = fork();

	if (pid)
		return pid;
	fcntl(fd, F_SETFL, 0);
	for (;;) {
		wire_init(&c, accept(fd, NULL, NULL));
		if (!wire_recv(&c, &m, 5000) && m.type == WIRE_CALL &&
		    !handshake_greet(&c, secret, &m.u.call, &g))
			wire_send(&c, WIRE_GREETING, &g, 5000);
		wire_close(&c);
	}
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static int connects(const struct client_where *w)
{
	struct wire_conn c;
	int rc = client_connect(w, 5000, 5000, &c, err, sizeof(err));

	if (!rc)
		wire_close(&c);
	return rc;
}

/* Whoever has the port of a coordinator that has ended is a stranger. */
static void test_of_the_dead(void **state)
{
	struct client_where w;
	int fd = listener(&w);
	pid_t pid = fork();

	(void)state;
	if (!pid)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	w.pid = pid;
	assert_int_equal(connects(&w), -ECONNREFUSED);
	assert_int_equal(accept(fd, NULL, NULL), -1);
	w.pid = getpid();
	pid = greeter(fd, w.secret);
	assert_int_equal(connects(&w), 0);
	end(pid);
	close(fd);
}

/* The host's own name leads nowhere: the loopback, if it is ours that listens
 * there. */
static void test_name_without_address(void **state)
{
	struct client_where w;
	int fd = listener(&w);
	pid_t pid = greeter(fd, "0123456789abcdef");

	(void)state;
	strcpy(w.host, "nowhere.invalid");
	w.pid = getpid();
	assert_int_equal(connects(&w), -EKEYREJECTED);
	strcpy(w.secret, "0123456789abcdef");
	assert_int_equal(connects(&w), 0);
	end(pid);
	strcpy(w.on, "another");
	assert_int_equal(connects(&w), -EHOSTUNREACH);
	assert_int_equal(gethostname(w.on, sizeof(w.on)), 0);
	close(fd);
	assert_int_equal(connects(&w), -ECONNREFUSED);
	assert_non_null(strstr(err, "nowhere.invalid"));
}

/* Another host's name leads nowhere, or to a stranger: an address of its does,
 * the one where it is ours that listens. */
static void test_addresses(void **state)
{
	static const char *const names[] = { "nowhere.invalid", "127.0.0.3",
					     "127.0.0.2" };
	struct client_where w;
	int fd = listener(&w), other;
	struct sockaddr_in a;
	pid_t ours, stranger;
	size_t i;

	(void)state;
	strcpy(w.secret, "0123456789abcdef");
	other = listen_at(3, w.port, &a);
	ours = greeter(fd, w.secret);
	stranger = greeter(other, "another");
	for (i = 0; i < 3; i++) {
		strcpy(w.host, names[i]);
		w.n_addresses = 0;
		assert_true(connects(&w) < 0);
		strcpy(w.address[0], "no address");
		strcpy(w.address[1], "127.0.0.2"); /* nobody */
		strcpy(w.address[2], "127.0.0.3");
		strcpy(w.address[3], "127.0.0.1");
		w.n_addresses = 3;
		/* what is wrong with its name counts, if it leads somewhere */
		assert_int_equal(connects(&w),
				 i == 1 ? -EKEYREJECTED : -ECONNREFUSED);
		w.n_addresses = 4;
		assert_int_equal(connects(&w), 0);
	}
	end(ours);
	end(stranger);
	close(fd);
	close(other);
}

/* What holds checkpoints is for its owner alone; what leads there, as ever. */
static void test_directory(void **state)
{
	char path[128];
	struct stat st;
	int fd;

	(void)state;
	umask(022);
	snprintf(path, sizeof(path), "%s/a/b/c", dir);
	fd = rendezvous_dir(path, err, sizeof(err));
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(fstatat(at, "a/b", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	close(fd);
	snprintf(path, sizeof(path), "%s/d/", dir);
	fd = rendezvous_dir(path, err, sizeof(err));
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	close(fd);
	chmod(path, 0755); /* the user's own doing */
	fd = rendezvous_dir(path, err, sizeof(err));
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	close(fd);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_round_trip),
		T(test_nonsense),
		T(test_of_another_user),
		T(test_of_the_dead),
		T(test_name_without_address),
		T(test_directory),
		T(test_addresses),
		T(test_other_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
