// SPDX-License-Identifier: GPL-2.0-or-later
/* Findings as sentences: on the first screen, and in the detail of what they are about. */
#include <stdlib.h>
#include <string.h>

#include "screen/overview_tops.h"
#include "screen/scene.h"
#include "util/clock.h"
#include "util/duration.h"
#include "util/escape.h"
#include "util/heap.h"

#define SENTENCE_BYTES 2048 /* a name in it may have any length: the detail has all of it */

char *found__sentence(const struct scene *s, const struct found *f)
{
	/* A finding about the end of the process is newer than the last state, which is shown. */
	uint64_t lasts = gained_since(f->ended ? f->last_ns : s->r->time_ns, f->first_ns);
	char seen[DURATION_TEXT], *raw, *safe;
	size_t size;

	duration_format(seen, sizeof(seen), lasts / 1000000000ull * 1000000000ull);
	raw = heap__format("%s%s%s%s%s", f->follows ? "  - " : "", f->summary,
			   f->ended                 ? " (ended"
			   : lasts >= 1000000000ull ? " (seen for "
						    : "",
			   f->ended || lasts < 1000000000ull ? "" : seen,
			   f->ended || lasts >= 1000000000ull ? ")" : "");
	size = strlen(raw) * ESCAPE_MAX + 1;
	size = size < SENTENCE_BYTES ? size : SENTENCE_BYTES;
	safe = heap__alloc(size);
	escape_terminal(safe, size, raw);
	free(raw);
	return safe;
}

static void with_sentence(struct page *p, const struct scene *s, const struct found *f, bool below)
{
	enum style style = f->ended ? STYLE_DIM : below ? STYLE_PLAIN : STYLE_BOLD;
	char *text = found__sentence(s, f);

	page__lines(p, style, f->follows && !below ? text + strspn(text, " -") : text);
	free(text);
}

#define MOST_WAITERS 16 /* those of one lock mostly wait for the same reason */

static bool has_thread(const struct found *f, pid_t tid)
{
	for (size_t i = 0; i < f->tid_count; i++)
		if (f->tids[i] == tid)
			return true;
	return false;
}

static bool has_waiter(const struct scene *s, const struct found *f, uint64_t lock)
{
	for (size_t i = 0; i < s->r->lock_count; i++) {
		const struct lock_row *l = &s->r->locks[i];

		for (size_t k = 0; lock__identity(l) == lock && k < l->waiter_count && k < MOST_WAITERS; k++)
			if (has_thread(f, l->waiters[k]))
				return true;
	}
	return false;
}

/* It leads to that row, is about that thread, or about one that waits for that lock. */
static bool is_about(const struct scene *s, const struct found *f, enum view_id view, uint64_t id)
{
	struct place to = tops__of_finding(s, f);

	if (to.view == view && to.id == id)
		return true;
	for (size_t i = 0; view == VIEW_THREADS && i < f->tid_count; i++)
		if (thread__identity(f->tids[i]) == id)
			return true;
	return view == VIEW_LOCKS && has_waiter(s, f, id);
}

void page__findings(struct page *p, const struct scene *s, enum view_id view, uint64_t id)
{
	const struct found *before = NULL;

	for (size_t i = 0; s->found && i < s->found->count; i++) {
		const struct found *f = &s->found->list[i];

		/* What follows from one is told with it. */
		if ((before && f->follows && f->cause == before->id) || !is_about(s, f, view, id))
			continue;
		if (!before)
			page__heading(p, "FINDINGS");
		before = f;
		with_sentence(p, s, f, false);
		for (size_t k = i + 1; k < s->found->count && s->found->list[k].follows; k++)
			if (s->found->list[k].cause == f->id)
				with_sentence(p, s, &s->found->list[k], true);
		page__line(p, STYLE_DIM, 4, "  %s: %s", FINDING_TYPES[f->kind].name,
			   FINDING_TYPES[f->kind].next);
	}
}
