/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/receivers.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "go/runtime/batch.h"
#include "go/runtime/receiving.h"
#include "util/array.h"
#include "util/heap.h"

#define FRAME_BYTES  32768
#define ARGS_BYTES   1024
#define OBJECT_BYTES 512
#define OBJECTS      64    /* of one frame */
#define READS_MAX    65536 /* total objects: a bound on the work for unusual programs */
#define NO_PLACE     (GOROUTINE_IN_OBJECT + 1)
/* A goroutine that runs has no stack. One that makes short calls soon stands in one of them. */
#define RUNNING_TRIES 100
#define RUNNING_MAX   256
#define TRY_NS        100000

struct best {
	unsigned place; /* NO_PLACE: none */
	bool likely;
	uint64_t pc;
};

struct go_receivers {
	struct go_receiving *code;
	const uint64_t *channels;
	size_t count;
	goroutine_receiver_fn fn;
	void *arg;
	int answer;
	size_t reads;
	struct best best[GO_RECEIVERS_CHANNELS]; /* of the current goroutine */
	bool found[GO_RECEIVERS_CHANNELS];       /* a certain one */
	struct go_listed *running;               /* without a stack at the last try */
	size_t running_count, running_room;
	uint64_t addresses[OBJECTS];
	uint8_t objects[OBJECTS][OBJECT_BYTES];
};

/* A frame of the current goroutine. */
struct look {
	uint64_t pc;
	const struct go_code_use *use;
	const uint8_t *words;
	size_t count;
};

static void found(struct go_receivers *w, size_t channel, unsigned place, bool likely, uint64_t pc)
{
	struct best *b = &w->best[channel];

	if (b->place == NO_PLACE || likely < b->likely || (likely == b->likely && place < b->place))
		*b = (struct best){place, likely, pc};
}

/* The slots from which its calls take their channels; any slot if that is uncertain. */
static void look_at_words(struct go_receivers *w, const struct look *l)
{
	for (size_t i = 0; i < l->count; i++) {
		uint64_t word = raw_u64(l->words, (int32_t)(8 * i));
		bool sure = false;

		for (size_t n = 0; n < l->use->load_count; n++)
			sure = sure ||
			       (l->use->loads[n].from == GO_LOAD_SLOT && l->use->loads[n].at == 8 * i);
		for (size_t k = 0; k < w->count && (sure || l->use->unsure); k++)
			if (word == w->channels[k])
				found(w, k, GOROUTINE_IN_FRAME, !sure, l->pc);
	}
}

static void look_at_variables(struct go_receivers *w, const struct look *l)
{
	for (size_t k = 0; k < w->count; k++) {
		bool sure = false;

		for (size_t n = 0; n < l->use->load_count; n++)
			sure = sure || (l->use->loads[n].from == GO_LOAD_VARIABLE &&
					go_receiving__holds(w->code, l->use->loads[n].at, k));
		if (sure || (l->use->unsure && l->use->reads >> k & 1))
			found(w, k, GOROUTINE_IN_VARIABLE, !sure, l->pc);
	}
}

static void look_at_fields(struct go_receivers *w, const uint8_t *object, size_t bytes, const struct look *l)
{
	for (size_t n = 0; n < l->use->load_count; n++) {
		const struct go_load *load = &l->use->loads[n];

		if (load->from != GO_LOAD_FIELD || load->at > OBJECT_BYTES || load->at + 8 > bytes)
			continue;
		for (size_t k = 0; k < w->count; k++)
			if (raw_u64(object, (int32_t)load->at) == w->channels[k])
				found(w, k, GOROUTINE_IN_OBJECT, false, l->pc);
	}
}

static bool has_field(const struct go_code_use *use)
{
	for (size_t n = 0; n < use->load_count; n++)
		if (use->loads[n].from == GO_LOAD_FIELD)
			return true;
	return false;
}

static bool may_point(const struct go_slot *s, uint64_t word)
{
	return word >= 65536 && !(word & 7) && !(word >> 47) &&
	       (word < s->stack_base || word >= s->stack_base + s->stack_len);
}

static void look_at_objects(struct goroutines *r, struct go_batch *b, const struct go_slot *s,
			    const struct look *l)
{
	struct go_receivers *w = r->receivers;
	size_t count = 0;

	for (size_t i = 0; i < l->count && count < OBJECTS && w->reads < READS_MAX; i++) {
		uint64_t word = raw_u64(l->words, (int32_t)(8 * i));
		bool known = !may_point(s, word);

		for (size_t k = 0; k < count && !known; k++)
			known = w->addresses[k] == word;
		if (known)
			continue;
		w->addresses[count++] = word;
		w->reads++;
	}
	for (size_t i = 0; i < count; i++)
		go_batch__want(b, w->addresses[i], w->objects[i], OBJECT_BYTES);
	go_batch__fetch(r, b);
	for (size_t i = 0; i < count; i++)
		if (b->pieces[i].got > 0)
			look_at_fields(w, w->objects[i], (size_t)b->pieces[i].got, l);
}

static bool waits_for_another(const struct goroutine *g)
{
	return go_status__waits(g->status) &&
	       (!strncmp(g->state, "chan receive", 12) || !strncmp(g->state, "select", 6));
}

static void look_at_frame(struct goroutines *r, struct go_batch *b, const struct go_slot *s, uint64_t pc,
			  uint64_t from, uint64_t to)
{
	struct go_receivers *w = r->receivers;
	struct look l = {.pc = pc};

	l.use = go_receiving__code(w->code, pc - 1); /* of the call, where it is a return address */
	if (!l.use || !l.use->receives)
		return;
	/* Register arguments are stored beyond the frame, in the caller's. */
	to += l.use->args < ARGS_BYTES ? l.use->args & ~7u : 0;
	if (from < s->stack_base || from > to || to > s->stack_base + s->stack_len)
		return;
	l.words = b->buffer + s->stack_at + (from - s->stack_base);
	l.count = (to - from > FRAME_BYTES ? FRAME_BYTES : (size_t)(to - from)) / 8;
	look_at_words(w, &l);
	look_at_variables(w, &l);
	if (has_field(l.use))
		look_at_objects(r, b, s, &l);
}

void go_receivers__look(struct goroutines *r, struct go_batch *b, const struct go_slot *s)
{
	struct go_receivers *w = r->receivers;
	const uint64_t *pcs = b->pcs, *sps = b->sps;
	enum stack_end end;
	bool innermost = true;
	struct go_walk walk;
	uint32_t count;

	go_slot__walk(r, b, s, &walk);
	count = go_unwind(r, &walk, b->pcs, b->sps, &end);
	for (size_t k = 0; k < w->count; k++)
		w->best[k].place = NO_PLACE;
	for (uint32_t i = 0; i < count; i++) {
		bool runtime = go_names__code(r->names, pcs[i], false, false)->is_runtime;

		if (!runtime && !(innermost && waits_for_another(&s->g)))
			look_at_frame(r, b, s, pcs[i], sps[i],
				      i + 1 < count ? sps[i + 1] : s->stack_base + s->stack_len);
		innermost = innermost && runtime;
	}
	for (size_t k = 0; k < w->count && !w->answer; k++) {
		const struct best *best = &w->best[k];
		struct goroutine_receiver receiver = {.channel = k,
						      .evidence = (enum goroutine_evidence)best->place,
						      .likely = best->likely,
						      .pc = best->pc};

		if (best->place == NO_PLACE)
			continue;
		w->answer = w->fn(&s->g, &receiver, w->arg);
		w->found[k] = w->found[k] || !best->likely;
	}
}

static int answer(const struct goroutine *g, void *arg)
{
	struct go_receivers *w = arg;

	if (!g->system && (g->stack->end == STACK_RUNNING || g->moved) && w->running_count < RUNNING_MAX)
		*ARRAY_ADD(w->running, w->running_count, w->running_room) =
			(struct go_listed){g->index, g->address};
	return w->answer;
}

static bool all_found(const struct go_receivers *w)
{
	for (size_t k = 0; k < w->count; k++)
		if (!w->found[k])
			return false;
	return true;
}

/* Looks again at those that ran, as long as a channel is without a receiver. */
static int look_again(struct goroutines *r, struct go_receivers *w)
{
	struct go_listed *list;
	size_t count;
	int err = 0;

	for (int i = 0; i < RUNNING_TRIES && !err && w->running_count && !all_found(w); i++) {
		nanosleep(&(struct timespec){.tv_nsec = TRY_NS}, NULL);
		list = w->running;
		count = w->running_count;
		w->running = NULL;
		w->running_count = w->running_room = 0;
		err = goroutines__read_some(r, list, count, GOROUTINES_FDS, answer, w);
		free(list);
	}
	return err;
}

int goroutines__receivers(struct goroutines *r, const uint64_t *channels, size_t count,
			  goroutine_receiver_fn fn, void *arg)
{
	struct go_receivers *w = HEAP_NEW(struct go_receivers, 1);
	int err;

	w->channels = channels;
	w->count = count < GO_RECEIVERS_CHANNELS ? count : GO_RECEIVERS_CHANNELS;
	w->fn = fn;
	w->arg = arg;
	err = go_receiving__new(r, channels, w->count, &w->code);
	if (!err) {
		r->receivers = w;
		err = goroutines__read(r, GOROUTINES_FDS, answer, w, NULL);
		if (!err)
			err = look_again(r, w);
		r->receivers = NULL;
	}
	go_receiving__free(w->code);
	free(w->running);
	free(w);
	return err;
}
