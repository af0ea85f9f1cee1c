/* SPDX-License-Identifier: MIT */
/* site.c - system call instructions that can be led elsewhere (x86_64)
 */
#include "site.h"

#define NR_EXIT 60

static int form_b(const uint8_t *call, const uint8_t *start, const uint8_t *end)
{
	return end - call >= 8 && call[2] == 0x48 && call[3] == 0x3d &&
	       !(call - start >= 2 && call[-2] == 0x31 &&
		 call[-1] == 0xc0); /* read(2) */
}

static int form_d(const uint8_t *call, const uint8_t *end)
{
	return end - call >= 7 && call[2] == 0x3d && call[3] == 0 &&
	       call[4] == 0xf0 && call[5] == 0xff && call[6] == 0xff;
}

static int form_a(const uint8_t *call, const uint8_t *start)
{
	return call - start >= 5 && call[-5] == 0xb8 && !call[-1] &&
	       !call[-2] && call[-3] < 2;
}

static int form_c(const uint8_t *call, const uint8_t *start, const uint8_t *end)
{
	return call - start >= 4 && end - call >= 4 && call[-4] == 0x31 &&
	       call[-3] == 0xff && call[-2] == 0x89 && call[-1] == 0xd0 &&
	       call[2] == 0xeb && call[3] == 0xf8;
}

/* Has the form of B, but is of no interest. */
static int form_read(const uint8_t *call, const uint8_t *start,
		     const uint8_t *end)
{
	return end - call >= 4 && call[2] == 0x48 && call[3] == 0x3d &&
	       call - start >= 2 && call[-2] == 0x31 && call[-1] == 0xc0;
}

/* Form E: calls in which threads cannot be cancelled. */
static int form_e(const uint8_t *call, const uint8_t *start)
{
	return call - start >= 5 && call[-5] == 0x48 && call[-4] == 0x8b &&
	       call[-3] == 0x44 && call[-2] == 0x24;
}

/* Form F: calls in which they can. testb $BIT,(%rdi); jne CANCEL is not far
 * before the call. */
static int form_f(const uint8_t *call, const uint8_t *start, const uint8_t *end,
		  struct site *s)
{
	const uint8_t *p;

	if (call - start < 14 || end - call < 3 || call[-5] != 0x4c ||
	    call[-4] != 0x89 || call[-3] != 0x5c || call[-2] != 0x24 ||
	    call[-1] != 8 || call[2] != 0xc3)
		return 0;
	for (p = call - 14; p >= start && p >= call - 64; p--) {
		s->bit = p[2];
		s->cancel = (uint64_t)p + 9 +
			    (uint64_t) * (const site_rel32 *)(p + 5);
		if (p[0] == 0xf6 && p[1] == 7 && p[3] == 0x0f && p[4] == 0x85)
			return 1;
	}
	return 0;
}

int site_known(const uint8_t *call, const uint8_t *start, const uint8_t *end)
{
	struct site s;

	return form_a(call, start) || form_b(call, start, end) ||
	       form_c(call, start, end) || form_d(call, end) ||
	       form_read(call, start, end) || form_e(call, start) ||
	       form_f(call, start, end, &s);
}

int site_find(const uint8_t *call, const uint8_t *start, const uint8_t *end,
	      int (*wants)(long nr), struct site *s)
{
	uint64_t c = (uint64_t)call;

	*s = (struct site){ .nr = -1, .at = c, .call = c, .kind = SITE_AGAIN };
	if (form_a(call, start)) {
		s->nr = call[-4] | call[-3] << 8;
		s->at = c - 5;
		s->back = c + 2;
		return wants(s->nr);
	}
	if (form_c(call, start, end)) {
		s->nr = NR_EXIT;
		s->at = s->back = c - 4;
		return wants(NR_EXIT);
	}
	if (form_f(call, start, end, s))
		s->kind = SITE_CANCEL;
	if (s->kind == SITE_CANCEL || form_e(call, start))
		s->before = 5;
	else if (form_b(call, start, end))
		s->after = 6;
	else if (form_d(call, end))
		s->after = 5;
	s->at = c - s->before;
	s->back = c + 2 + s->after;
	return s->before + s->after > 0;
}

uint8_t *site_jump(uint8_t *s, uint64_t target)
{
	uint64_t rel = target - ((uint64_t)s + 5);
	int i;

	*s++ = 0xe9;
	for (i = 0; i < 4; i++, rel >>= 8)
		*s++ = (uint8_t)rel;
	return s;
}
