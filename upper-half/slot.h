/* SPDX-License-Identifier: MIT */
/* slot.h - one trampoline: the code that takes a system call's place (x86_64)
 *
 * It leaves the red zone alone, keeps every register but rax, rcx and r11, and
 * is 128 bytes:
 *    0 mov $NR,%eax | what is moved, 5 bytes | nop
 *    5 lea -128(%rsp),%rsp
 *   10 movabs $&GATE->hook,%r11	 64 syscall
 *   20 call *(%r11)		 66 movabs $&GATE->after,%r11
 *   23 test %r11d,%r11d		 76 call *(%r11)
 *   26 jnz 30			 79 lea 128(%rsp),%rsp
 *   28 syscall			 87 [what is moved from behind]; jmp back
 *   30 lea 128(%rsp),%rsp
 *   38 [what is moved from behind]; jmp back
 *  108 [what else is moved from before]; jmp 0
 * The hook returns to 64, the tail, when it wants to be asked again after the
 * call (HOOK_AFTER; hook.S counts the bytes).
 *
 * glibc (2.41) makes the calls in which threads can be cancelled in one place,
 * after a look at the thread's word; a signal that comes between the look and
 * the call is told by where the program was. Between the two is now the hook,
 * so its slot has the look once more, before each syscall instruction:
 *      mov 136(%rsp),%r11; testb $BIT,(%r11); jnz 106
 *  106 sub $-128,%rsp; jmp CANCEL
 */
#ifndef MANA_SLOT_H
#define MANA_SLOT_H

#include "trampoline.h"

#define SLOT 128UL

/* Writes a trampoline for the site. 0: code that is moved along would reach too
 * far. */
int slot_write(uint8_t *slot, const struct site *s);
/* The address to which the site is to jump. */
uint64_t slot_entry(const uint8_t *slot, const struct site *s);
/* The same as trampoline_at, trampoline_between, trampoline_restart and
 * trampoline_leave, for a pc that is in a slot. */
enum trampoline_part slot_at(uint64_t pc, uint64_t *call);
int slot_between(uint64_t pc, long rax);
void slot_restart(greg_t *g);
void slot_leave(greg_t *g);

#endif
