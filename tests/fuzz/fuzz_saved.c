/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a saved file: as they are, and with our own layout in front of its records. What is read goes
 * through the model. */

#include "facts/saved/encode.h"
#include "facts/saved/form.h"
#include "facts/saved/saved.h"
#include "model/interval/model.h"
#include "model/snapshot/snapshot_report.h"
#include "tests/fuzz/fuzz.h"

static void read_samples(struct saved_reader *r)
{
	struct model *m = model__new();
	struct sample *s;

	while (m && !saved_reader__sample(r, &s))
		model__interval(m, s);
	model__free(m);
}

static void read_snapshots(struct saved_reader *r)
{
	struct saved_snapshot h;
	struct arena a = {0};
	struct sample *s;

	while (!saved_reader__snapshot(r, &h) && !saved_reader__sample(r, &s)) {
		if (s->process_count)
			model__snapshot(&a, s, NULL);
		sample__free(s);
	}
	arena__free(&a);
}

static void read_file(const void *bytes, size_t size)
{
	FILE *in = size ? fmemopen((void *)(uintptr_t)bytes, size, "r") : NULL;
	struct saved_reader *r;
	struct saved_head h;

	if (in && !saved_reader__open(in, &h, &r)) {
		if (h.snapshot)
			read_snapshots(r);
		else
			read_samples(r);
		saved_reader__close(r);
	}
	if (in)
		fclose(in);
}

/* What is behind the layout. */
static struct cursor records(const uint8_t *data, size_t size)
{
	struct cursor c = {data, data + size, false};

	cursor__bytes(&c, strlen(FORM_MAGIC));
	cursor__byte(&c);
	cursor__bytes(&c, cursor__count(&c, 1));
	return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes file = {0}, layout = {0};
	struct cursor rest = records(data, size);

	read_file(data, size);
	encode__layout(&layout);
	bytes__put(&file, FORM_MAGIC, strlen(FORM_MAGIC));
	bytes__put_byte(&file, RECORD_LAYOUT);
	bytes__put_number(&file, layout.size);
	bytes__put(&file, layout.data, layout.size);
	if (!rest.bad)
		bytes__put(&file, rest.at, cursor__left(&rest));
	read_file(file.data, file.size);
	free(layout.data);
	free(file.data);
	return 0;
}
