// SPDX-License-Identifier: GPL-2.0-or-later
/* The threads that read a collector's samples and snapshots, and its complaints. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "facts/saved/order.h"
#include "feed/feed_private.h"
#include "model/snapshot/snapshot_report.h"
#include "thresholds.h"
#include "util/clock.h"
#include "util/heap.h"
#include "words/describe.h"

#define SILENT_INTERVALS 3
#define PREFIX           "threadscope: "

/* ---- silence ----------------------------------------------------------------------------------- */

static uint64_t patience_ns(const struct feed *f)
{
	uint64_t ns =
		f->shared.interval_ns > f->shared.wished_ns ? f->shared.interval_ns : f->shared.wished_ns;

	if (!f->shared.interval_ns)
		return NS_OF_S(FEED_ATTACH_S);
	if (ns > UINT64_MAX / SILENT_INTERVALS)
		return UINT64_MAX;
	ns *= SILENT_INTERVALS;
	return ns > NS_OF_S(FEED_SILENT_S) ? ns : NS_OF_S(FEED_SILENT_S);
}

static void set_silent(struct feed *f, bool silent)
{
	if (f->shared.silent != silent)
		feed__ring(f);
	f->shared.silent = silent;
}

int feed__wait_for_samples(void *feed, bool came)
{
	struct feed *f = feed;
	uint64_t now = monotonic_ns(), gone, patience;
	int ms = -1;

	feed__lock(f);
	if (came) {
		f->last_came_ns = now;
		f->late = false;
		set_silent(f, false);
	} else {
		gone = gained_since(now, f->last_came_ns);
		patience = patience_ns(f);
		if (gone >= patience && f->late)
			set_silent(f, true);
		else if (gone >= patience)
			ms = 0; /* what came while a model ran has not been looked at */
		else
			ms = (patience - gone) / 1000000 < INT_MAX ? (int)((patience - gone) / 1000000) + 1
								   : INT_MAX;
		f->late = gone >= patience;
		/* A wish may shorten it at any time. */
		if (ms < 0 || ms > 1000)
			ms = f->shared.silent ? -1 : 1000;
	}
	feed__unlock(f);
	return ms;
}

/* ---- samples ----------------------------------------------------------------------------------- */

/* How the targets ended, if all have. */
static void say_end(struct feed *f)
{
	const struct interval_report *r = f->last;
	char end[64], *text;

	if (!r || !r->process_count) {
		if (f->number) /* they ended while the probes were being attached */
			feed__say(f, "all targets have ended");
		return;
	}
	for (size_t i = 0; i < r->process_count; i++)
		if (!r->processes[i].ended)
			return;
	describe_end(end, sizeof(end), r->processes[0].exit_known, r->processes[0].exit_code);
	text = r->process_count > 1
		       ? heap__format("all %zu processes ended; %s (%d): %s", r->process_count,
				      r->processes[0].comm, (int)r->processes[0].pid, end)
		       : heap__format("%s (%d) %s%s", r->processes[0].comm, (int)r->processes[0].pid,
				      r->processes[0].exit_known ? "ended: " : "", end);
	feed__say(f, text);
	free(text);
}

/* With the mutex. */
static void finish(struct feed *f, int err)
{
	struct saved_note note = f->reader ? saved_reader__note(f->reader) : (struct saved_note){0};
	bool cut = err == -ENODATA || err == -EBADMSG;

	if (err == -ENODATA && note.end) {
		f->shared.over = true;
		f->shared.status = note.status;
		if (!note.status)
			say_end(f);
	} else {
		f->shared.broken = true;
		feed__say(f, cut || !f->model ? "the collector has died" : "the collector sent damaged data");
	}
	feed__ring(f);
}

void *feed__follow(void *feed)
{
	struct feed *f = feed;
	const struct interval_report *r;
	int err = feed__open_stream(f);

	while (!err && !(err = feed__read(f, &r))) {
		if (r->interval_ns)
			past__add(f->samples, r, f->number + 1);
		feed__lock(f);
		f->shared.oldest = past__first(f->samples);
		feed__add(f, r);
		feed__unlock(f);
		feed__ring(f);
	}
	feed__lock(f);
	if (!f->stopping)
		finish(f, err);
	feed__unlock(f);
	return NULL;
}

/* ---- snapshots --------------------------------------------------------------------------------- */

void feed_snapshot__free(struct feed_snapshot *s)
{
	if (!s)
		return;
	arena__free(&s->arena);
	sample__free(s->sample);
	free(s);
}

static void hand_over(struct feed *f, struct sample *sample, const struct saved_snapshot *h)
{
	struct feed_snapshot *s = HEAP_NEW(struct feed_snapshot, 1), *untaken;
	struct snapshot_report *r;

	s->sample = sample;
	s->report = r = model__snapshot(&s->arena, sample, NULL);
	r->cost.wall_ns = h->wall_ns;
	feed__lock(f);
	untaken = f->shared.snapshot;
	f->shared.snapshot = s;
	feed__unlock(f);
	feed_snapshot__free(untaken);
	feed__ring(f);
}

/* Its end or damage is not told: that of the samples is. */
void *feed__read_snapshots(void *feed)
{
	struct feed *f = feed;
	struct saved_reader *reader = NULL;
	struct saved_snapshot h;
	struct saved_head head;
	struct sample *s;
	FILE *in = stream__open(&f->snapshots);
	int err = in ? saved_reader__open(in, &head, &reader) : -ENOMEM;

	while (!err) {
		err = saved_reader__snapshot(reader, &h);
		if (!err)
			err = saved_reader__sample(reader, &s);
		if (!err && !sample__of_one_process(s)) {
			sample__free(s);
			err = -EINVAL;
		}
		if (!err)
			hand_over(f, s, &h);
	}
	saved_reader__close(reader);
	if (in)
		fclose(in);
	return NULL;
}

/* ---- complaints -------------------------------------------------------------------------------- */

static void take_line(struct feed *f)
{
	size_t skip = strncmp(f->line, PREFIX, strlen(PREFIX)) ? 0 : strlen(PREFIX);

	f->line[f->line_bytes] = '\0';
	if (f->line_bytes > skip)
		memcpy(f->complaint, f->line + skip, f->line_bytes - skip + 1);
	f->line_bytes = 0;
}

void feed__read_messages(struct feed *f)
{
	char bytes[512];
	ssize_t n;

	if (f->messages < 0)
		return;
	/* A screen that answers takes a part at a time. */
	n = read(f->messages, bytes, sizeof(bytes));
	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i] == '\n')
			take_line(f);
		else if (f->line_bytes < sizeof(f->line) - 1 && bytes[i])
			f->line[f->line_bytes++] = bytes[i];
	}
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	take_line(f); /* its end: it would be ready for ever */
	close(f->messages);
	f->messages = -1;
}
