/* SPDX-License-Identifier: MIT */
/* fuzz_json.c - the small files: coordinator.json, run.json, job, ended
 *
 * Each input is read as all of them: they are told apart by their names only.
 */
#include "../../client/rendezvous.h"
#include "../../common/ckptdir.h"
#include "../../run/record.h"
#include "fuzz.h"

static void coordinator(const void *data, size_t size)
{
	struct client_where w;
	char err[WIRE_TEXT] = "";

	fuzz_file(CLIENT_FILE, data, size);
	if (rendezvous_read(fuzz_dir(), CLIENT_FILE, "here", &w, err,
			    sizeof(err)))
		fuzz_sentence(err);
	else
		fuzz_must(w.port > 0 && w.port < 65536 && w.pid >= 0);
}

static void run(const void *data, size_t size)
{
	struct reason why = { 0 };
	struct record r;
	char text[WIRE_TEXT];

	fuzz_file(RECORD_FILE, data, size);
	if (record_read(fuzz_dir(), "here", &r, &why)) {
		fuzz_sentence(reason_text(&why, text, sizeof(text)));
	} else {
		free(record_line(&r));
		(void)record_longest(&r);
		(void)!record_write(fuzz_dir(), &r);
	}
	record_fini(&r);
}

static void marks(const void *data, size_t size)
{
	struct reason why = { 0 };
	struct job_mark m;
	struct job_end e;
	char text[WIRE_TEXT];

	fuzz_file(JOB_FILE, data, size);
	if (job_mark_read(fuzz_dir(), "here", &m, &why))
		fuzz_sentence(reason_text(&why, text, sizeof(text)));
	memset(&why, 0, sizeof(why));
	fuzz_file(END_FILE, data, size);
	if (job_end_read(fuzz_dir(), "here", &e, &why))
		fuzz_sentence(reason_text(&why, text, sizeof(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	coordinator(data, size);
	run(data, size);
	marks(data, size);
	return 0;
}
