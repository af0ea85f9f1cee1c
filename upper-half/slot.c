/* SPDX-License-Identifier: MIT */
/* slot.c - one trampoline: its code, and what a place in it means
 *
 * Freestanding.
 */
#include "hook.h"
#include "ids.h"
#include "slot.h"

#define AT_SHIFTED 10 /* from here on the stack is 128 bytes lower */
#define AT_HOOKED  23
#define AT_JNZ	   26
#define AT_CALL	   28
#define AT_TAIL	   64
#define AT_CANCEL  106
#define AT_BEFORE  108
#define AT_SITE	   116 /* where its site is, 8 bytes; not for SITE_ONCE */
#define AT_AFTER   124 /* how many bytes are moved from behind the call */
#define AT_KIND	   127
#define LOOK	   14 /* bytes of the look at the thread's word */
#define TO_ASKED   15 /* from the tail's syscall to behind its call of *after */
#define LEA	   8  /* 128(%rsp),%rsp */

static uint8_t *put(uint8_t *s, const char *bytes, int n)
{
	while (n--)
		*s++ = (uint8_t)*bytes++;
	return s;
}

static uint8_t *put64(uint8_t *s, uint64_t v)
{
	int i;

	for (i = 0; i < 8; i++, v >>= 8)
		*s++ = (uint8_t)v;
	return s;
}

/* n bytes of code, from at, with their displacement as it is from here. */
static uint8_t *put_moved(uint8_t *s, uint64_t at, int n, int fix)
{
	int64_t d;
	int i;

	for (i = 0; i < n; i++)
		s[i] = ((const uint8_t *)at)[i];
	if (fix) {
		d = *(const site_rel32 *)(at + fix);
		d += (int64_t)(at - (uint64_t)s);
		*(site_rel32 *)(s + fix) = (int32_t)d;
		if (d != (int32_t)d)
			return NULL;
	}
	return s + n;
}

static uint8_t *put_leave(uint8_t *s, const struct site *site)
{
	s = put(s, "\x48\x8d\xa4\x24\x80\x00\x00\x00", LEA);
	s = put_moved(s, site->call + 2, site->after, site->fix_after);
	return s ? site_jump(s, site->back) : NULL;
}

/* Has the thread been cancelled? */
static uint8_t *put_look(uint8_t *s, const uint8_t *slot,
			 const struct site *site)
{
	if (site->kind != SITE_CANCEL)
		return s;
	s = put(s, "\x4c\x8b\x9c\x24\x88\x00\x00\x00\x41\xf6\x03", 11);
	*s++ = site->bit;
	*s++ = 0x75;
	*s = (uint8_t)(slot + AT_CANCEL - (s + 1));
	return s + 1;
}

static int moves_five(const struct site *site)
{
	return site->before == 5 && site->kind != SITE_ONCE;
}

static uint8_t *put_first(uint8_t *s, const struct site *site)
{
	char mov[5] = { '\xb8', (char)site->nr, (char)(site->nr >> 8), 0, 0 };

	if (moves_five(site))
		return put_moved(s, site->at, 5, 0);
	return put(s, site->nr >= 0 ? mov : "\x0f\x1f\x44\x00\x00", 5);
}

/* Writes what only some kinds of site have. */
static int put_rest(uint8_t *slot, const struct site *site)
{
	uint8_t *s = slot + AT_BEFORE;

	slot[AT_KIND] = site->kind;
	if (site->kind == SITE_ONCE) {
		s = put_moved(s, site->at, site->before, site->fix_before);
		if (s)
			site_jump(s, (uint64_t)slot);
		return s != NULL;
	}
	slot[AT_AFTER] = site->after;
	put64(slot + AT_SITE, site->at);
	if (site->kind == SITE_CANCEL)
		site_jump(put(slot + AT_CANCEL, "\x48\x83\xec\x80", 4),
			  site->cancel);
	return 1;
}

int slot_write(uint8_t *slot, const struct site *site)
{
	int look = site->kind == SITE_CANCEL ? LOOK : 0;
	uint8_t *s = put_first(slot, site);

	s = put(s, "\x48\x8d\x64\x24\x80\x49\xbb", 7);
	s = put64(s, (uint64_t)&GATE->hook);
	s = put(s, "\x41\xff\x13\x45\x85\xdb\x75", 7);
	*s++ = (uint8_t)(look + 2);
	s = put(put_look(s, slot, site), "\x0f\x05", 2);
	if (!put_leave(s, site))
		return 0;
	s = put_look(slot + AT_TAIL, slot, site);
	s = put64(put(s, "\x0f\x05\x49\xbb", 4), (uint64_t)&GATE->after);
	if (!put_leave(put(s, "\x41\xff\x13", 3), site))
		return 0;
	return put_rest(slot, site);
}

uint64_t slot_entry(const uint8_t *slot, const struct site *s)
{
	return (uint64_t)slot + (s->before && !moves_five(s) ? AT_BEFORE : 0);
}

static uint8_t *slot_of(uint64_t pc)
{
	return (uint8_t *)(pc & ~(SLOT - 1));
}

static int in_tail(const uint8_t *slot, uint64_t pc)
{
	uint64_t off = pc - (uint64_t)slot;

	return off >= AT_TAIL &&
	       off < (slot[AT_KIND] == SITE_CANCEL ? AT_CANCEL : AT_BEFORE);
}

/* Outside both parts it is before the first part's call. */
enum trampoline_part slot_at(uint64_t pc, uint64_t *call)
{
	uint8_t *slot = slot_of(pc);
	int tail = in_tail(slot, pc);

	*call = (uint64_t)slot + (tail ? AT_TAIL : AT_CALL) +
		(slot[AT_KIND] == SITE_CANCEL ? LOOK : 0);
	return pc > *call && (tail || pc < (uint64_t)slot + AT_TAIL) ?
		       TRAMPOLINE_AFTER :
		       TRAMPOLINE_BEFORE;
}

/* A call in the tail needs no care here: its hook has translated it, but noted
 * nothing. */
int slot_between(uint64_t pc, long rax)
{
	const uint8_t *slot = slot_of(pc);
	uint64_t call;

	if (slot_at(pc, &call) != TRAMPOLINE_BEFORE || in_tail(slot, pc) ||
	    pc > call || pc < (uint64_t)slot + AT_HOOKED)
		return 0;
	return pc < call || hook_binds(rax);
}

/* Arguments as the program set them, not as its hook has. */
static void take_back(greg_t *g, const struct hook_regs *k)
{
	static const int8_t reg[6] = { REG_RDI, REG_RSI, REG_RDX,
				       REG_R10, REG_R8,	 REG_R9 };
	int i;

	for (i = 0; i < 6; i++)
		g[reg[i]] = k->was[i];
}

void slot_restart(greg_t *g)
{
	const struct hook_regs *k = (const struct hook_regs *)g[REG_RSP] - 1;
	uint64_t pc = (uint64_t)g[REG_RIP], call;
	uint8_t *slot = slot_of(pc);
	int tail = in_tail(slot, pc);

	if (slot_at(pc, &call) != TRAMPOLINE_BEFORE || pc != call ||
	    k->nr != g[REG_RAX] || k->nr < 0 || k->nr >= HOOK_NR_MAX)
		return;
	if (!tail && !ids_names(k->nr))
		return;
	if (tail) /* Else they are the program's, and perhaps not noted. */
		take_back(g, k);
	g[REG_RSP] += 128;
	g[REG_RIP] = (greg_t)(slot + 5);
}

/* The call has been made: on to where the trampoline goes, if nothing else is
 * left to be done. Of one that a signal has ended the hook has nothing to ask.
 */
static void leave_after(greg_t *g, const uint8_t *slot, uint64_t call)
{
	const struct hook_regs *k = (const struct hook_regs *)g[REG_RSP] - 1;
	uint64_t pc = (uint64_t)g[REG_RIP];
	uint64_t asked = call + (in_tail(slot, pc) ? TO_ASKED : 2);
	uint64_t jump = asked + LEA;

	if (slot[AT_AFTER])
		return;
	if (pc < asked) {
		if (pc != call + 2 || !hook_ended(k->nr, g[REG_RAX]))
			return;
		take_back(g, k);
	}
	if (pc < jump)
		g[REG_RSP] += 128;
	g[REG_RIP] = (greg_t)(jump + 5) + *(const site_rel32 *)(jump + 1);
}

/* Back to the site, where all of it begins anew, if that may be. */
static void leave_before(greg_t *g, const uint8_t *slot, uint64_t call)
{
	const struct hook_regs *k = (const struct hook_regs *)g[REG_RSP] - 1;
	uint64_t pc = (uint64_t)g[REG_RIP], off = pc - (uint64_t)slot;

	if (pc > call) /* as good as cancelled */
		return;
	if (off >= AT_HOOKED && off <= AT_JNZ && g[REG_R11])
		return; /* its result is there already */
	if (in_tail(slot, pc))
		take_back(g, k);
	else if (off >= AT_HOOKED && !hook_repeats(g[REG_RAX]))
		return;
	if (off >= AT_SHIFTED)
		g[REG_RSP] += 128;
	if (off && slot[AT_KIND] == SITE_CANCEL)
		g[REG_R11] = ((const greg_t *)g[REG_RSP])[1];
	g[REG_RIP] = *(const greg_t *)(slot + AT_SITE);
}

void slot_leave(greg_t *g)
{
	uint64_t pc = (uint64_t)g[REG_RIP], call;
	const uint8_t *slot = slot_of(pc);

	if (slot[AT_KIND] == SITE_ONCE)
		return;
	if (slot_at(pc, &call) == TRAMPOLINE_AFTER)
		leave_after(g, slot, call);
	else
		leave_before(g, slot, call);
}
