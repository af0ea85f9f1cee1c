/* SPDX-License-Identifier: MIT */
/* own_syscalls.c - memory and files by system call instructions of the
 * program's own, in forms that libc does not use */
/* test: ranks=1 mpi=none threads=1 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "check.h"

#define SIZE 65536UL

/* Each is one function, so that the compiler lays its instructions out as they
 * stand: what is before, after, and jumped to differs. */

/* moves what follows: test, with a jump to behind it */
long map_test(void *addr, long len);
__asm__(".text\n.type map_test, @function\nmap_test:\n.cfi_startproc\n"
	"mov $3, %edx\n mov $0x22, %r10d\n mov $-1, %r8\n xor %r9d, %r9d\n"
	"mov $9, %eax\n mov %r9, %r9\n syscall\n test %rax, %rax\n js 1f\n"
	"ret\n1: mov $-1, %rax\n ret\n.cfi_endproc\n.size map_test, .-map_test");

/* moves what is before: a jump follows at once, and the call is a target */
long map_before(void *addr, long len);
__asm__(".type map_before, @function\nmap_before:\n.cfi_startproc\n"
	"mov $3, %edx\n mov $9, %eax\n mov $-1, %r8\n xor %r9d, %r9d\n"
	"movq $0x22, -8(%rsp)\n mov -8(%rsp), %r10\n syscall\n jmp 1f\n"
	"nop\n nop\n1: ret\n.cfi_endproc\n.size map_before, .-map_before");

/* a return, and padding behind it */
long map_ret(void *addr, long len);
__asm__(".type map_ret, @function\nmap_ret:\n.cfi_startproc\n"
	"mov $3, %edx\n mov $0x22, %r10d\n mov $-1, %r8\n xor %r9d, %r9d\n"
	"mov $9, %eax\n mov %r9, %r9\n syscall\n ret\n.cfi_endproc\n"
	".size map_ret, .-map_ret\n .p2align 4");

/* what follows depends on where it is */
long map_rip(void *addr, long len);
__asm__(".type map_rip, @function\nmap_rip:\n.cfi_startproc\n"
	"mov $3, %edx\n mov $0x22, %r10d\n mov $-1, %r8\n xor %r9d, %r9d\n"
	"mov $9, %eax\n mov %r9, %r9\n syscall\n mov rip_word(%rip), %ecx\n"
	"cmp $4711, %ecx\n je 1f\n xor %eax, %eax\n1: ret\n.cfi_endproc\n"
	".size map_rip, .-map_rip\n .p2align 4\n"
	".section .rodata\nrip_word: .long 4711\n.text");

static long own_open(const char *path, int flags)
{
	register long mode __asm__("r10") = 0600;
	long r;

	__asm__ volatile("syscall\n\tneg %%rax\n\tneg %%rax"
			 : "=a"(r)
			 : "a"(SYS_openat), "D"(AT_FDCWD), "S"(path),
			   "d"(flags), "r"(mode)
			 : "rcx", "r11", "memory");
	return r;
}

static long own_getpid(void)
{
	long r;

	__asm__ volatile("nop\n\tsyscall\n\tlea (%%rax), %%rcx\n\tnop"
			 : "=a"(r)
			 : "a"(SYS_getpid)
			 : "rcx", "r11", "memory");
	return r;
}

typedef long (*mapper)(void *, long);

int main(int argc, char **argv)
{
	static const mapper map[] = { map_test, map_before, map_ret, map_rip };
	unsigned char *p[4];
	int fd, i, pid = getpid();
	char c;

	check_args(argc, argv);
	for (i = 0; i < 4; i++) {
		p[i] = (unsigned char *)map[i](NULL, SIZE);
		CHECK((long)p[i] > 0);
		check_fill(p[i], SIZE, (unsigned long)i);
	}
	fd = (int)own_open("own_syscalls.tmp", O_RDWR | O_CREAT | O_TRUNC);
	CHECK(fd >= 0);
	CHECK_EQ(write(fd, "own", 3), 3);
	while (check_more()) {
		for (i = 0; i < 4; i++)
			check_same(p[i], SIZE, (unsigned long)i);
		CHECK_EQ(pread(fd, &c, 1, 1), 1);
		CHECK_EQ(c, 'w');
		CHECK_EQ(own_getpid(), pid);
		CHECK_EQ(getpid(), pid);
		check_sleep(0.01);
	}
	CHECK_EQ((long)map_test((void *)1, 0), -1);
	return check_pass();
}
