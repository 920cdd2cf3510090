/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The recorded memory of a Go program, in which any bytes are changed: its tables, goroutines, stacks, names
 * and scheduler. The first byte says in which. */

#include "go/runtime/receivers.h"
#include "tests/go/record.h"
#include "tests/fuzz/fuzz.h"

static int look(const struct goroutine *g, void *arg)
{
	static struct frame list[256];
	struct frame f;
	size_t n = goroutines__frames(arg, g->stack, list, 256), bytes = strlen(g->state);

	for (size_t i = 0; i < n && i < 256; i++)
		bytes += (list[i].function ? strlen(list[i].function) : 0) +
			 (list[i].file ? strlen(list[i].file) : 0);
	for (uint32_t i = 0; i < g->label_count; i++)
		bytes += strlen(g->labels[i].key) + strlen(g->labels[i].value);
	goroutines__code(arg, g->gopc, true, &f);
	return bytes == SIZE_MAX;
}

/* Channels that somebody waits on, as if they were full. */
static struct {
	uint64_t list[GO_RECEIVERS_CHANNELS];
	size_t count;
} channels;

static int note_channel(const struct goroutine *g, void *arg)
{
	if (g->wait.target == GO_TARGET_CHAN && channels.count < GO_RECEIVERS_CHANNELS)
		channels.list[channels.count++] = g->wait.address;
	return look(g, arg);
}

static int take_receiver(const struct goroutine *g, const struct goroutine_receiver *receiver, void *arg)
{
	struct frame f;

	goroutines__code(arg, receiver->pc, true, &f);
	return receiver->channel >= channels.count || !g->goid;
}

static const char *const FILES[] = {"tests/samples/go/go1.27.rec", "tests/samples/go/go1.19.rec"};
static struct fuzz_file files[2];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct record record;
	struct fuzz_input in = {data, size};
	size_t which = fuzz__number(&in, 1) & 1;
	const struct fuzz_file *f = fuzz__file(FILES[which], &files[which]);
	struct go_memory memory = {record__read, record__read_many, &record};
	struct goroutines_refusal why;
	struct go_scheduler scheduler;
	struct goroutines_lost lost;
	struct goroutines *r;
	struct goroutines_count count;
	struct go_timers timers;
	struct arena arena = {0};

	memcpy(f->changed, f->bytes, f->size);
	fuzz__change(f->changed + 8, f->size - 8, &in);
	if (!record__parse(f->changed, f->size, &record) ||
	    goroutines__open_memory(&memory, &record.image, &r, &why))
		return 0;
	channels.count = 0;
	goroutines__read(r, GOROUTINES_LABELS | GOROUTINES_FDS, note_channel, r, &lost);
	goroutines__receivers(r, channels.list, channels.count, take_receiver, r);
	goroutines__count(r, &count);
	goroutines__scheduler(r, &scheduler);
	goroutines__timers(r, &arena, &timers);
	arena__free(&arena);
	goroutines__forget(r);
	goroutines__read(r, GOROUTINES_KNOWN, look, r, NULL);
	goroutines__read(r, GOROUTINES_KNOWN, look, r, NULL);
	goroutines__read(r, GOROUTINES_NO_STACKS, look, r, NULL);
	goroutines__close(r);
	return 0;
}
