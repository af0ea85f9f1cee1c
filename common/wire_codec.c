/* SPDX-License-Identifier: MIT */
/* wire_codec.c - messages to bytes and back
 *
 * One table says which fields a message has; everything else walks it. On the
 * wire: numbers as they are in memory (little endian), strings as u32 length
 * and bytes without NUL, texts with one (they are used in place), arrays as u32
 * count and elements, bytes of a fixed number as they are. Padded with zeros to
 * a multiple of 8. Arrays only follow numbers, so that they are aligned.
 */
#include <errno.h>
#include <string.h>
#include "wire_codec.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "wire order");
_Static_assert(sizeof(struct wire_clock) == 32, "array element");

enum field_kind { END, FIXED, STR, TEXT, CLOCKS, BODY };

struct field {
	uint16_t kind, off;
	uint16_t size; /* CLOCKS, BODY: offset of the pointer */
};

/* clang-format off */
#define F_SIZED(kind, s, f) \
	{ kind, offsetof(struct s, f), sizeof(((struct s *)0)->f) }
#define F_U32(s, f)  F_SIZED(FIXED, s, f)
#define F_U64(s, f)  F_SIZED(FIXED, s, f)
#define F_BYTES(s, f) F_SIZED(FIXED, s, f)
#define F_STR(s, f)  F_SIZED(STR, s, f)
#define F_TEXT(s, f) { TEXT, offsetof(struct s, f), 0 }
#define F_CLOCKS(s)  { CLOCKS, offsetof(struct s, n), offsetof(struct s, v) }
#define F_BODY(s)    { BODY, offsetof(struct s, len), offsetof(struct s, body) }

static const struct field call_f[] = {
	F_BYTES(wire_call, nonce), { 0 }
};

static const struct field greeting_f[] = {
	F_BYTES(wire_greeting, nonce), F_BYTES(wire_greeting, proof), { 0 }
};

static const struct field hello_f[] = {
	F_BYTES(wire_hello, proof),
	F_U32(wire_hello, kind), F_U32(wire_hello, flags),
	F_U32(wire_hello, rank), F_U32(wire_hello, size),
	F_U32(wire_hello, pid), F_U32(wire_hello, interval),
	F_U64(wire_hello, generation), F_STR(wire_hello, id),
	F_STR(wire_hello, host), F_STR(wire_hello, job),
	F_STR(wire_hello, mpi), F_STR(wire_hello, program), { 0 }
};

static const struct field welcome_f[] = {
	F_U64(wire_welcome, generation), F_U32(wire_welcome, interval),
	F_U32(wire_welcome, keep), F_STR(wire_welcome, id),
	F_STR(wire_welcome, job), F_STR(wire_welcome, ckptdir), { 0 }
};

static const struct field settings_f[] = {
	F_U32(wire_settings, interval), F_U32(wire_settings, keep),
	F_U32(wire_settings, level), F_U32(wire_settings, target_s),
	F_U32(wire_settings, stage_s), F_U32(wire_settings, last), { 0 }
};

static const struct field refused_f[] = {
	F_U32(wire_refused, code), F_U32(wire_refused, reserved),
	F_STR(wire_refused, text), { 0 }
};

static const struct field begin_f[] = {
	F_U64(wire_ckpt_begin, generation), F_U32(wire_ckpt_begin, level),
	F_U32(wire_ckpt_begin, flags), F_STR(wire_ckpt_begin, round),
	F_STR(wire_ckpt_begin, dir), { 0 }
};

static const struct field clocks_f[] = {
	F_U64(wire_clocks, generation), F_U32(wire_clocks, epoch),
	F_CLOCKS(wire_clocks), { 0 }
};

static const struct field state_f[] = {
	F_U32(wire_state, epoch), F_U32(wire_state, inside),
	F_U32(wire_state, behind), F_U32(wire_state, parked),
	F_U64(wire_state, progress), F_U32(wire_state, reserved),
	F_CLOCKS(wire_state), { 0 }
};

static const struct field progress_f[] = {
	F_U64(wire_progress, done), F_U64(wire_progress, total), { 0 }
};

static const struct field written_f[] = {
	F_U64(wire_written, bytes), F_U64(wire_written, raw_bytes),
	F_U64(wire_written, digest), F_U64(wire_written, sync_us),
	F_STR(wire_written, file), { 0 }
};

static const struct field resume_f[] = {
	F_U64(wire_resume, generation), F_U32(wire_resume, committed),
	F_U32(wire_resume, reserved), { 0 }
};

static const struct field failed_f[] = {
	F_U64(wire_failed, generation), F_STR(wire_failed, text), { 0 }
};

static const struct field barrier_f[] = {
	F_STR(wire_barrier, name), { 0 }
};

static const struct field code_f[] = {
	F_U32(wire_code, code), F_U32(wire_code, reserved), { 0 }
};

static const struct field request_f[] = {
	F_U32(wire_request, verb), F_U32(wire_request, wait),
	F_U64(wire_request, arg), F_U32(wire_request, flags),
	F_U32(wire_request, reserved), { 0 }
};

static const struct field reply_f[] = {
	F_U32(wire_reply, code), F_U32(wire_reply, reserved),
	F_TEXT(wire_reply, text), { 0 }
};

static const struct field stage_f[] = {
	F_U64(wire_stage, generation), F_U64(wire_stage, exchanges), { 0 }
};

static const struct field of_f[] = {
	F_U32(wire_of, channel), F_U32(wire_of, type), F_BODY(wire_of), { 0 }
};

static const struct field none_f[] = { { 0 } };
/* clang-format on */

static const struct {
	const char *name;
	const struct field *fields;
	uint32_t limit;
} types[WIRE_TYPES] = {
	[WIRE_CALL] = { "CALL", call_f, WIRE_LEN_HELLO },
	[WIRE_GREETING] = { "GREETING", greeting_f, WIRE_LEN_HELLO },
	[WIRE_HELLO] = { "HELLO", hello_f, WIRE_LEN_HELLO },
	[WIRE_WELCOME] = { "WELCOME", welcome_f, WIRE_LEN_HELLO },
	[WIRE_REFUSED] = { "REFUSED", refused_f, WIRE_LEN_HELLO },
	[WIRE_CKPT_BEGIN] = { "CKPT_BEGIN", begin_f, WIRE_LEN_HELLO },
	[WIRE_CLOCK] = { "CLOCK", clocks_f, WIRE_LEN_CLOCK },
	[WIRE_TARGETS] = { "TARGETS", clocks_f, WIRE_LEN_CLOCK },
	[WIRE_STATE] = { "STATE", state_f, WIRE_LEN_CLOCK },
	[WIRE_STOP] = { "STOP", stage_f, WIRE_LEN_HELLO },
	[WIRE_STOPPED] = { "STOPPED", stage_f, WIRE_LEN_HELLO },
	[WIRE_DRAIN] = { "DRAIN", stage_f, WIRE_LEN_HELLO },
	[WIRE_DRAINED] = { "DRAINED", stage_f, WIRE_LEN_HELLO },
	[WIRE_WRITE] = { "WRITE", stage_f, WIRE_LEN_HELLO },
	[WIRE_PROGRESS] = { "PROGRESS", progress_f, WIRE_LEN_HELLO },
	[WIRE_WRITTEN] = { "WRITTEN", written_f, WIRE_LEN_HELLO },
	[WIRE_RESUME] = { "RESUME", resume_f, WIRE_LEN_HELLO },
	[WIRE_CKPT_FAILED] = { "CKPT_FAILED", failed_f, WIRE_LEN_HELLO },
	[WIRE_ABORT] = { "ABORT", failed_f, WIRE_LEN_HELLO },
	[WIRE_BARRIER] = { "BARRIER", barrier_f, WIRE_LEN_HELLO },
	[WIRE_BARRIER_DONE] = { "BARRIER_DONE", barrier_f, WIRE_LEN_HELLO },
	[WIRE_FINISHED] = { "FINISHED", code_f, WIRE_LEN_HELLO },
	[WIRE_GOODBYE] = { "GOODBYE", code_f, WIRE_LEN_HELLO },
	[WIRE_KILL] = { "KILL", code_f, WIRE_LEN_HELLO },
	[WIRE_REQUEST] = { "REQUEST", request_f, WIRE_LEN_HELLO },
	[WIRE_NOTE] = { "NOTE", failed_f, WIRE_LEN_HELLO },
	[WIRE_PASSED] = { "PASSED", clocks_f, WIRE_LEN_CLOCK },
	[WIRE_DOING] = { "DOING", failed_f, WIRE_LEN_HELLO },
	[WIRE_BEAT] = { "BEAT", stage_f, WIRE_LEN_HELLO },
	[WIRE_SETTINGS] = { "SETTINGS", settings_f, WIRE_LEN_HELLO },
	[WIRE_REPLY] = { "REPLY", reply_f, WIRE_LEN_TEXT },
	[WIRE_OF] = { "OF", of_f, WIRE_LEN_CLOCK + 8 },
	[WIRE_OPENED] = { "OPENED", none_f, WIRE_LEN_HELLO },
	[WIRE_CLOSED] = { "CLOSED", none_f, WIRE_LEN_HELLO },
};

const char *wire_name(uint32_t type)
{
	return type < WIRE_TYPES && types[type].name ? types[type].name : "?";
}

uint32_t wire_limit(uint32_t type)
{
	return type < WIRE_TYPES ? types[type].limit : 0;
}

static uint32_t get_u32(const uint8_t *p)
{
	uint32_t x;

	memcpy(&x, p, 4);
	return x;
}

/* The part of a field that follows its fixed part; *len is how many bytes that
 * is. */
static const void *field_body(const struct field *f, const uint8_t *base,
			      uint64_t *len)
{
	const void *p = NULL;

	*len = 0;
	if (f->kind == STR) {
		p = base + f->off;
		*len = strnlen(p, f->size);
	} else if (f->kind == TEXT) {
		memcpy(&p, base + f->off, sizeof(p));
		*len = p ? strlen(p) : 0;
	} else if (f->kind == CLOCKS) {
		memcpy(&p, base + f->size, sizeof(p));
		*len = get_u32(base + f->off) * sizeof(struct wire_clock);
	} else if (f->kind == BODY) {
		memcpy(&p, base + f->size, sizeof(p));
		*len = get_u32(base + f->off);
	}
	return p;
}

/* Of its fixed part. */
static uint32_t head_len(const struct field *f)
{
	return f->kind == FIXED ? f->size : f->kind == BODY ? 0 : 4;
}

int64_t wire_packed_len(uint32_t type, const void *msg)
{
	const struct field *f;
	uint64_t len, total = 0;

	if (!wire_limit(type))
		return -EINVAL;
	for (f = types[type].fields; f->kind != END; f++) {
		field_body(f, msg, &len);
		if (f->kind == STR && len == f->size)
			return -EINVAL;
		total += head_len(f) + len + (f->kind == TEXT);
	}
	total = (total + 7) & ~7UL;
	return total <= wire_limit(type) ? (int64_t)total : -EINVAL;
}

void wire_pack(uint32_t type, const void *msg, uint8_t *out)
{
	const uint8_t *base = msg;
	const struct field *f;
	const void *body;
	uint8_t *p = out;
	uint32_t head;
	uint64_t len;

	for (f = types[type].fields; f->kind != END; f++) {
		body = field_body(f, base, &len);
		if (f->kind == FIXED) {
			memcpy(p, base + f->off, f->size);
			p += f->size;
			continue;
		}
		head = f->kind == STR || f->kind == TEXT ?
			       (uint32_t)len :
			       get_u32(base + f->off);
		memcpy(p, &head, head_len(f));
		p += head_len(f);
		if (len)
			memcpy(p, body, len);
		p += len;
		if (f->kind == TEXT)
			*p++ = 0;
	}
	while ((p - out) & 7)
		*p++ = 0;
}

struct reader {
	const uint8_t *p, *end;
};

static const uint8_t *take(struct reader *r, uint64_t n)
{
	const uint8_t *p = r->p;

	if (n > (uint64_t)(r->end - r->p))
		return NULL;
	r->p += n;
	return p;
}

static int unpack_string(const struct field *f, struct reader *r, uint8_t *base)
{
	const uint8_t *p = take(r, 4);
	uint32_t len;

	if (!p)
		return -EPROTO;
	len = get_u32(p);
	p = take(r, (uint64_t)len + (f->kind == TEXT));
	if (!p || memchr(p, 0, len) || (f->kind == TEXT && p[len]))
		return -EPROTO;
	if (f->kind == TEXT) {
		memcpy(base + f->off, &p, sizeof(p));
		return 0;
	}
	if (len >= f->size)
		return -EPROTO;
	memcpy(base + f->off, p, len);
	return 0;
}

static int unpack_clocks(const struct field *f, struct reader *r, uint8_t *base)
{
	const uint8_t *p = take(r, 4);

	if (!p)
		return -EPROTO;
	memcpy(base + f->off, p, 4);
	p = take(r, get_u32(p) * sizeof(struct wire_clock));
	if (!p)
		return -EPROTO;
	memcpy(base + f->size, &p, sizeof(p));
	return 0;
}

/* What is left of the payload: a frame's, whose length is a multiple of 8. */
static void unpack_body(const struct field *f, struct reader *r, uint8_t *base)
{
	uint32_t len = (uint32_t)(r->end - r->p);

	memcpy(base + f->off, &len, sizeof(len));
	memcpy(base + f->size, &r->p, sizeof(r->p));
	r->p = r->end;
}

static int unpack_fixed(const struct field *f, struct reader *r, uint8_t *base)
{
	const uint8_t *p = take(r, f->size);

	if (!p)
		return -EPROTO;
	memcpy(base + f->off, p, f->size);
	return 0;
}

int wire_unpack(uint32_t type, const uint8_t *p, uint32_t len,
		struct wire_msg *m)
{
	struct reader r = { p, p + len };
	const struct field *f;
	int rc = 0;

	if (!wire_limit(type))
		return -EPROTO;
	memset(m, 0, sizeof(*m));
	m->type = type;
	for (f = types[type].fields; f->kind != END && !rc; f++) {
		if (f->kind == STR || f->kind == TEXT)
			rc = unpack_string(f, &r, (uint8_t *)&m->u);
		else if (f->kind == CLOCKS)
			rc = unpack_clocks(f, &r, (uint8_t *)&m->u);
		else if (f->kind == BODY)
			unpack_body(f, &r, (uint8_t *)&m->u);
		else
			rc = unpack_fixed(f, &r, (uint8_t *)&m->u);
	}
	return rc || r.end - r.p >= 8 ? -EPROTO : 0;
}
