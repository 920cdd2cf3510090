// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Go's locks keep no owner, so all of this rests on the frames of the goroutines: it is likely, and says so.
 * A lock may be unlocked by another goroutine than the one that has locked it, so a circle is a warning.
 */
#include "model/findings/go_lock_findings.h"

#include <inttypes.h>
#include <string.h>

#include "model/go/lock_holders.h"
#include "thresholds.h"
#include "util/text.h"
#include "words/describe_go.h"
#include "words/go_names.h"

#define CIRCLE_MAX 32 /* locks of a circle */
#define SENTENCE   2048

struct step {
	struct go_lock_row *lock;
	const struct go_holder_row *holder; /* waits for the next one's lock */
};

/* ---- circles ------------------------------------------------------------------------ */

/* The holder that makes the lock wait for another one. Of several readers each keeps a writer out. */
static const struct go_holder_row *waiting_holder(const struct go_lock_row *l)
{
	const struct go_holder_row *only = go_lock__holder(l);

	if (l->l->kind == GO_LOCK_RWMUTEX)
		for (size_t i = 0; i < l->l->holder_count; i++)
			if (l->holders[i].h->read && l->holders[i].h->waits_for && l->holders[i].h->stays)
				return &l->holders[i];
	return only && only->h->waits_for && only->h->stays ? only : NULL;
}

/* The circle that begins and ends with this lock; 0: none. */
static size_t find_circle(struct go_lock_row *first, struct step *circle)
{
	struct go_lock_row *at = first;
	size_t count = 0;

	while (at && count < CIRCLE_MAX) {
		const struct go_holder_row *h = waiting_holder(at);

		if (!h)
			return 0;
		circle[count++] = (struct step){at, h};
		if (h->h->waits_for == first->l->address)
			return count;
		at = h->next;
	}
	return 0;
}

static const char *step_text(struct arena *a, const struct step *s, const struct go_lock_row *next)
{
	char lock[DESCRIBE_NAME + 64], wanted[DESCRIBE_NAME + 64], line[DESCRIBE_NAME] = "";
	const struct go_holder *h = s->holder->h;

	if (h->locked_at.function)
		describe_go_line(line, sizeof(line), &h->locked_at);
	describe_go_lock(lock, sizeof(lock), s->lock->l);
	if (next == s->lock)
		return arena__format(
			a, "goroutine %" PRIu64 " in %s has locked %s%s%s%s and waits for it again%s",
			h->who.goid, h->who.function ? h->who.function : "?", lock,
			h->read ? " for reading" : "", *line ? " at " : "", line,
			h->read ? ", behind a writer that waits for its readers"
				: ", which only another goroutine can unlock");
	return arena__format(a, "goroutine %" PRIu64 " in %s has locked %s%s%s%s and waits for %s",
			     h->who.goid, h->who.function ? h->who.function : "?", lock,
			     h->read ? " for reading" : "", *line ? " at " : "", line,
			     describe_go_lock(wanted, sizeof(wanted), next->l));
}

static void report_circle(struct findings *f, const struct step *circle, size_t count, pid_t pid)
{
	const char *text = "";
	uint64_t behind = 0;

	for (size_t i = 0; i < count; i++) {
		behind += circle[i].lock->l->waiters;
		circle[i].lock->in_circle = circle[i].lock->reported = true;
		text = arena__format(f->arena, "%s%s%s", text, i ? ", " : "",
				     step_text(f->arena, &circle[i], circle[(i + 1) % count].lock));
	}
	behind -= behind > count ? count : behind;
	text = arena__format(f->arena, "likely deadlock of %zu %s, by the locks that their frames hold: %s",
			     count, count == 1 ? "goroutine" : "goroutines", text);
	if (behind)
		text = arena__format(f->arena, "%s; %" PRIu64 " more %s behind", text, behind,
				     behind == 1 ? "goroutine waits" : "goroutines wait");
	findings__add(f, &(struct finding){.kind = FINDING_DEADLOCK,
					   .severity = SEVERITY_WARNING,
					   .summary = text,
					   .pid = pid});
}

/* ---- convoys ------------------------------------------------------------------------ */

/* A holder that waits for work, a connection or a signal does not delay the others: workers take turns. */
static bool takes_turns(const struct go_holder_row *h)
{
	const struct call_stack *s = &h->h->who.stack;

	for (size_t i = 0; i < s->count; i++)
		if (s->frames[i].function && strstr(s->frames[i].function, ".Accept"))
			return true;
	return false;
}

static bool waits_idly(const char *state, const struct go_wait *wait)
{
	return starts_with(state, "chan receive") || starts_with(state, "select") ||
	       !strcmp(state, "sync.Cond.Wait") || (!strcmp(state, "IO wait") && !wait->fd_write);
}

/* Where nobody is known to hold it, one that waits so in the function that the others want it for may have
 * its turn. */
static bool has_leader(const struct go_reading *from, const struct go_lock *l)
{
	for (size_t i = 0; from && l->function && i < from->group_count; i++) {
		const struct go_group *g = &from->groups[i];

		if (g->system || !g->state || !waits_idly(g->state, &g->wait))
			continue;
		for (size_t k = 0; k < g->stack.count; k++)
			if (same_text(g->stack.frames[k].function, l->function))
				return true;
	}
	return false;
}

/* To read from a file or connection: the one that has the lock waits for the same as those behind it. */
static bool waits_to_read(const struct go_lock *l)
{
	const char *name = l->function ? strrchr(l->function, '.') : NULL;

	return l->kind == GO_LOCK_FILE && name &&
	       (starts_with(name, ".Read") || starts_with(name, ".Accept"));
}

/* The runtime's stamp of a wait may be that old for a new one. */
static uint64_t sure_wait(const struct go_lock *l)
{
	uint64_t off_ns = NS_OF_S(GOROUTINE_STAMP_OFF_S);
	uint64_t stamped = l->wait_known && l->wait_max_ns > off_ns ? l->wait_max_ns - off_ns : 0;

	return stamped > l->wait_sure_ns ? stamped : l->wait_sure_ns;
}

/* The last of the chain of holders. NULL: unknown. */
static const struct go_holder_row *last_holder(const struct go_lock_row *l)
{
	const struct go_holder_row *h = go_lock__holder(l);

	for (int i = 0; h && h->next && i < CIRCLE_MAX; i++) {
		const struct go_holder_row *next = go_lock__holder(h->next);

		if (!next)
			return h;
		h = next;
	}
	return h;
}

static bool leads_into_circle(const struct go_lock_row *l)
{
	for (int i = 0; l && i < CIRCLE_MAX; i++) {
		const struct go_holder_row *h = go_lock__holder(l);

		if (l->in_circle)
			return true;
		l = h ? h->next : NULL;
	}
	return false;
}

static bool takes_its_turn(const struct go_reading *from, const struct go_lock_row *l,
			   const struct go_holder_row *last)
{
	if (last)
		return waits_idly(last->h->who.state, &last->h->who.wait);
	return waits_to_read(l->l) || has_leader(from, l->l);
}

static void report_convoy(struct findings *f, const struct go_reading *from, const struct go_lock_row *l,
			  pid_t pid)
{
	const struct go_holder_row *h = last_holder(l);
	uint64_t wait_ns = sure_wait(l->l);
	pid_t *tid = ARENA_NEW(f->arena, pid_t, 1);
	bool long_call = h && h->who.r.wait_exact && h->who.r.wait_ns >= NS_OF_S(LOCK_CONVOY_WARNING_S);
	char text[SENTENCE];

	if (h)
		*tid = h->who.r.tid;
	findings__add(
		f, &(struct finding){.kind = FINDING_LOCK_CONVOY,
				     .severity = (wait_ns >= NS_OF_S(LOCK_CONVOY_WARNING_S) || long_call ||
						  (l->lasts_ns >= NS_OF_S(LOCK_SEEN_S) &&
						   l->l->waiters >= GO_LOCK_CROWD)) &&
								 !takes_its_turn(from, l, h)
							 ? SEVERITY_USUAL
							 : SEVERITY_INFO,
				     .summary = arena__format(f->arena, "%s",
							      describe_go_convoy(text, sizeof(text), l)),
				     .pid = pid,
				     .lock = l->l->address,
				     .tids = tid,
				     .tid_count = h && h->who.r.tid,
				     .goroutines = l->l->waiters,
				     .path = h && h->who.file && *h->who.file == '/' ? h->who.file : NULL});
}

static bool is_convoy(const struct go_lock_row *l)
{
	const struct go_holder_row *h = last_holder(l);

	if (l->l->kind == GO_LOCK_WAIT_GROUP || l->l->waiters < 2 || leads_into_circle(l))
		return false;
	if (h && takes_turns(h))
		return false;
	return sure_wait(l->l) >= NS_OF_MS(LOCK_CONVOY_MS);
}

void findings__go_locks(struct findings *f, const struct go_reading *from, struct go_lock_row *rows,
			size_t count, pid_t pid)
{
	struct step circle[CIRCLE_MAX];
	size_t convoys = 0;

	for (size_t i = 0; i < count; i++) {
		size_t steps = rows[i].in_circle ? 0 : find_circle(&rows[i], circle);

		if (steps)
			report_circle(f, circle, steps, pid);
	}
	for (size_t i = 0; i < count && convoys < FINDINGS_OF_A_KIND; i++)
		if (is_convoy(&rows[i])) {
			report_convoy(f, from, &rows[i], pid);
			rows[i].reported = true;
			convoys++;
		}
}
