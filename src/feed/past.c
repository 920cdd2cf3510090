// SPDX-License-Identifier: GPL-2.0-or-later
#include "feed/past.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "facts/saved/bytes.h"
#include "facts/saved/saved.h"
#include "model/interval/model.h"
#include "thresholds.h"
#include "util/array.h"
#include "util/heap.h"
#include "util/packed.h"

struct segment {
	uint64_t first;
	size_t count;
	size_t base, body, end[HISTORY_MOMENTS];
	uint8_t *packed; /* NULL: it is the open one */
	size_t packed_size;
};

struct past {
	unsigned holders;
	/* Of the thread that adds: */
	bool every_process;
	FILE *out; /* into open_bytes */
	struct saved_writer *writer;
	const struct interval_report *last; /* held: the next segment's base line */

	pthread_mutex_t mutex; /* of these: */
	struct segment *list;  /* oldest first */
	size_t count, room, bytes;
	struct segment open; /* count 0: without a moment so far */
	struct bytes open_bytes;
};

struct past *past__new(void)
{
	struct past *h = HEAP_NEW(struct past, 1);

	h->holders = 1;
	pthread_mutex_init(&h->mutex, NULL);
	return h;
}

struct past *past__hold(struct past *h)
{
	__atomic_add_fetch(&h->holders, 1, __ATOMIC_RELAXED);
	return h;
}

static void drop_oldest(struct past *h)
{
	h->bytes -= h->list[0].packed_size;
	free(h->list[0].packed);
	h->count--;
	memmove(h->list, h->list + 1, h->count * sizeof(*h->list));
}

void past__free(struct past *h)
{
	if (!h || __atomic_sub_fetch(&h->holders, 1, __ATOMIC_ACQ_REL))
		return;
	while (h->count)
		drop_oldest(h);
	saved_writer__close(h->writer);
	interval_report__release(h->last);
	free(h->list);
	free(h->open_bytes.data);
	pthread_mutex_destroy(&h->mutex);
	free(h);
}

/* ---- adding -------------------------------------------------------------------------------------- */

static ssize_t write_open(void *arg, const char *bytes, size_t size)
{
	struct past *h = arg;

	pthread_mutex_lock(&h->mutex);
	bytes__put(&h->open_bytes, bytes, size);
	pthread_mutex_unlock(&h->mutex);
	return (ssize_t)size;
}

static void begin(struct past *h, const struct sample *base, uint64_t since_ns)
{
	struct saved_head head = {.every_process = h->every_process, .since_ns = since_ns};
	FILE *out = fopencookie(h, "w", (cookie_io_functions_t){.write = write_open});

	if (!out || saved_writer__new(out, &head, &h->writer))
		heap__exhausted(); /* nothing else can fail */
	h->open.base = h->open_bytes.size;
	saved_writer__sample(h->writer, base);
	h->open.body = h->open_bytes.size;
}

/* The open segment becomes one of the list. */
static void seal(struct past *h)
{
	struct segment s = h->open;

	saved_writer__close(h->writer);
	h->writer = NULL;
	/* Only this thread changes it, so that others may read it while it is packed. */
	if (s.count)
		s.packed = packed__make(h->open_bytes.data, s.end[s.count - 1], &s.packed_size);
	pthread_mutex_lock(&h->mutex);
	if (s.count) {
		*ARRAY_ADD(h->list, h->count, h->room) = s;
		h->bytes += s.packed_size;
	}
	while (h->count > 1 && h->bytes > HISTORY_BYTES)
		drop_oldest(h);
	h->open = (struct segment){0};
	free(h->open_bytes.data);
	h->open_bytes = (struct bytes){0};
	pthread_mutex_unlock(&h->mutex);
}

void past__base(struct past *h, bool every_process, const struct sample *s)
{
	h->every_process = every_process;
	if (h->writer)
		seal(h);
	begin(h, s, 0);
}

static bool is_full(const struct past *h, uint64_t number)
{
	const struct segment *s = &h->open;

	return s->count && (s->count == HISTORY_MOMENTS || number != s->first + s->count ||
			    s->end[s->count - 1] - s->body > HISTORY_OPEN_BYTES);
}

static void begin_after_last(struct past *h)
{
	const struct sample *s = interval_report__sample(h->last);

	begin(h, s, s->now_ns - h->last->watched_ns);
}

void past__add(struct past *h, const struct interval_report *r, uint64_t number)
{
	if (h->writer && is_full(h, number))
		seal(h);
	if (!h->writer && h->last)
		begin_after_last(h);
	if (h->writer) {
		saved_writer__sample(h->writer, interval_report__sample(r));
		pthread_mutex_lock(&h->mutex);
		if (!h->open.count)
			h->open.first = number;
		h->open.end[h->open.count++] = h->open_bytes.size;
		pthread_mutex_unlock(&h->mutex);
	}
	interval_report__hold(r);
	interval_report__release(h->last);
	h->last = r;
}

/* ---- reading ------------------------------------------------------------------------------------- */

uint64_t past__first(struct past *h)
{
	uint64_t first;

	pthread_mutex_lock(&h->mutex);
	first = h->count ? h->list[0].first : h->open.count ? h->open.first : 0;
	pthread_mutex_unlock(&h->mutex);
	return first;
}

/* With the mutex. NULL: later ones only. */
static const struct segment *find(const struct past *h, uint64_t number)
{
	for (size_t i = 0; i < h->count; i++)
		if (number < h->list[i].first + h->list[i].count)
			return &h->list[i];
	return h->open.count && number < h->open.first + h->open.count ? &h->open : NULL;
}

int past__part(struct past *h, uint64_t number, struct past_part *ret)
{
	struct segment s = {0};
	const struct segment *found;
	uint8_t *bytes = NULL;
	size_t size = 0;

	pthread_mutex_lock(&h->mutex);
	found = find(h, number);
	if (found) {
		s = *found;
		size = s.end[s.count - 1];
		bytes = HEAP_NEW(uint8_t, s.packed ? s.packed_size : size);
		memcpy(bytes, s.packed ? s.packed : h->open_bytes.data, s.packed ? s.packed_size : size);
	}
	pthread_mutex_unlock(&h->mutex);
	if (found && s.packed) {
		uint8_t *packed = bytes;

		bytes = packed__open(packed, s.packed_size, size);
		free(packed);
	}
	if (!bytes)
		return -ENODATA;
	*ret = (struct past_part){.bytes = bytes,
				  .size = size,
				  .first = s.first,
				  .count = s.count,
				  .base = s.base,
				  .body = s.body};
	return 0;
}

void past_part__free(struct past_part *p)
{
	free(p->bytes);
	*p = (struct past_part){0};
}

/* ---- saving ---------------------------------------------------------------------------------------- */

/* The head as the first part has it. */
static int create(const struct past_part *p, const char *path, struct saved_writer **ret)
{
	FILE *in = fmemopen(p->bytes, p->size, "r");
	struct saved_reader *reader = NULL;
	struct saved_head head;
	int err = in ? saved_reader__open(in, &head, &reader) : -ENOMEM;

	saved_reader__close(reader);
	if (in)
		fclose(in);
	return err ? err : saved_writer__create(path, &head, ret);
}

int past__save(struct past *h, uint64_t to, const char *path, bool (*goes_on)(void *arg, uint64_t written),
	       void *arg)
{
	struct saved_writer *w = NULL;
	struct past_part p;
	uint64_t number = past__first(h), written = 0;
	int err = number ? 0 : -ENODATA, closed;

	while (!err && number <= to && !(err = past__part(h, number, &p))) {
		bool begins = !w;

		if (begins)
			err = create(&p, path, &w);
		if (!err && number != p.first && !begins)
			err = -EIO; /* what comes next went while this was written */
		/* The base line of a later part is the last sample of the one before. */
		if (!err)
			err = saved_writer__copy(w, p.bytes + p.base, p.size - p.base, !begins);
		written += err ? 0 : p.count;
		number = p.first + p.count;
		past_part__free(&p);
		if (!goes_on(arg, written) && !err && number <= to)
			err = -ECANCELED;
	}
	closed = saved_writer__close(w);
	if (written && err == -ENODATA)
		err = 0;
	return err ? err : closed;
}
