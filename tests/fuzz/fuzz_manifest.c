/* SPDX-License-Identifier: MIT */
/* fuzz_manifest.c - manifest.json of a generation
 *
 * One that is taken names files of its own directory only, one for each rank,
 * and can be written and read again.
 */
#include "../../common/ckptdir.h"
#include "../../common/image_name.h"
#include "../../common/manifest.h"
#include "../../inspect/report.h"
#include "../../inspect/timeline.h"
#include "../../inspect/trace.h"
#include "fuzz.h"

static void must_make_sense(const struct manifest *m)
{
	char name[WIRE_NAME];
	uint32_t i;

	fuzz_must(m->size >= 1 && m->size <= MANIFEST_RANKS_MAX);
	for (i = 0; i < m->size; i++) {
		fuzz_must(!strcmp(m->images[i].file,
				  image_name(name, i, m->size)) ||
			  !strcmp(m->images[i].file, image_name_flat(name, i)));
		fuzz_must(m->images[i].bytes);
	}
}

/* As mana_inspect does. */
static void show(const struct manifest *m)
{
	const struct pick p = { .path = (char *)"here", .m = *m };
	FILE *f = fopen("/dev/null", "w");
	char err[WIRE_TEXT], *text;
	json_t *o = report_generation(&p, err, sizeof(err));

	text = json_dumps(o, 0);
	fuzz_must(f && o && text);
	free(text);
	json_decref(o);
	if (m->phases)
		fuzz_must(!timeline_write(f, m) && !trace_write(f, m));
	fclose(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reason why = { 0 };
	struct manifest m, again;
	char text[WIRE_TEXT];

	fuzz_file("manifest.json", data, size);
	if (manifest_read(fuzz_dir(), "here", 1, &m, &why)) {
		fuzz_sentence(reason_text(&why, text, sizeof(text)));
		return 0;
	}
	must_make_sense(&m);
	show(&m);
	(void)!manifest_check(fuzz_dir(), "here", &m, &why);
	if (!manifest_write(fuzz_dir(), "here", &m, &why)) {
		fuzz_must(!manifest_read(fuzz_dir(), "here", 1, &again, &why));
		fuzz_must(again.size == m.size);
		manifest_fini(&again);
	}
	manifest_fini(&m);
	return 0;
}
