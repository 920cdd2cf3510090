// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/budget.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "thresholds.h"
#include "util/allowance.h"
#include "util/clock.h"
#include "util/heap.h"
#include "util/u64_table.h"

#define REFUSED_KNOWN 4096 /* files; beyond, each refusal counts */

struct meter {
	struct allowance time;
	uint64_t bytes;
};

struct budget_share {
	unsigned users; /* its process, and what it holds */
	struct meter used;
};

static struct {
	uint64_t bytes, ns;
	size_t processes;
	struct meter used;
	uint64_t refused;
	struct u64_table files; /* of these, as far as they are known */
	/* The turn under way */
	unsigned depth;
	struct budget_share *of;
	enum budget_use use;
	uint64_t from_ns, until_ns; /* of the thread's CPU time */
	bool granted;               /* by another process: */
	uint64_t most_bytes;        /* in all, then */
} run = {.bytes = NAMES_MEMORY_MB << 20, .ns = NS_OF_MS(NAMES_TIME_MS), .processes = 1};

void budget__limit(uint64_t bytes, uint64_t ns)
{
	run.bytes = bytes;
	run.ns = ns;
}

uint64_t budget__limit_bytes(void)
{
	return run.bytes;
}

uint64_t budget__limit_ns(void)
{
	return run.ns;
}

void budget__expect(size_t processes)
{
	run.processes = processes ? processes : 1;
}

struct budget_share *budget_share__new(void)
{
	struct budget_share *s = HEAP_NEW(struct budget_share, 1);

	s->users = 1;
	return s;
}

void budget_share__put(struct budget_share *s)
{
	if (s && !--s->users)
		free(s);
}

/* ---- how much is left ------------------------------------------------------------ */

/*
 * One process may use everything. Of several, none takes more than three quarters of what the others leave of
 * seven eighths; the last eighth is kept back for each in equal parts. So the first large one has enough, a
 * few that are hostile leave some, and any number of them leaves the others a little.
 */
static uint64_t left_of(uint64_t limit, uint64_t all, uint64_t own)
{
	uint64_t others = all > own ? all - own : 0, pool = limit - limit / 8,
		 kept = limit / 8 / run.processes, allowed = limit > others ? limit - others : 0;

	if (run.processes > 1) {
		allowed = pool > others ? (pool - others) / 4 * 3 : 0;
		allowed = allowed > kept ? allowed : kept;
	}
	return allowed > own ? allowed - own : 0;
}

/* Names leave something to the stacks that they stand in. */
static uint64_t limit_for(uint64_t limit, enum budget_use use)
{
	return use == BUDGET_STACKS ? limit : limit - limit / 8;
}

/* ---- time --------------------------------------------------------------------------- */

void budget__begin(struct budget_share *of, enum budget_use use)
{
	uint64_t now;

	if (run.depth++)
		return;
	now = monotonic_ns();
	allowance__regain(&run.used.time, now, NAMES_TIME_REGAINED);
	if (of)
		allowance__regain(&of->used.time, now, NAMES_TIME_REGAINED);
	run.of = of;
	run.use = use;
	run.from_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	run.until_ns = run.from_ns + left_of(limit_for(run.ns, use), run.used.time.spent_ns,
					     of ? of->used.time.spent_ns : run.used.time.spent_ns);
}

void budget__end(void)
{
	uint64_t took;

	if (!run.depth || --run.depth)
		return;
	took = clock_ns(CLOCK_THREAD_CPUTIME_ID) - run.from_ns;
	run.used.time.spent_ns += took;
	if (run.of)
		run.of->used.time.spent_ns += took;
	run.of = NULL;
	run.granted = false;
}

bool budget__has_time(uint64_t ns)
{
	return !run.depth || clock_ns(CLOCK_THREAD_CPUTIME_ID) + ns < run.until_ns;
}

/* ---- memory ------------------------------------------------------------------------- */

static uint64_t left_bytes(const struct budget_share *of)
{
	uint64_t limit = limit_for(run.bytes, run.depth ? run.use : BUDGET_STACKS);

	if (run.granted)
		return gained_since(run.most_bytes, run.used.bytes);
	return left_of(limit, run.used.bytes, of ? of->used.bytes : run.used.bytes);
}

static void take(struct budget_hold *h, struct budget_share *of, uint64_t bytes)
{
	if (!h->bytes && bytes && of)
		of->users++;
	if (bytes)
		h->of = of;
	h->bytes += bytes;
	run.used.bytes += bytes;
	if (of)
		of->used.bytes += bytes;
}

bool budget__take(struct budget_hold *h, uint64_t bytes)
{
	struct budget_share *of = h->bytes ? h->of : run.depth ? run.of : NULL;

	if (bytes > left_bytes(of))
		return false;
	take(h, of, bytes);
	return true;
}

void budget__drop(struct budget_hold *h, uint64_t bytes)
{
	struct budget_share *of = h->of;

	if (bytes > h->bytes)
		bytes = h->bytes;
	if (!bytes)
		return;
	h->bytes -= bytes;
	run.used.bytes -= bytes;
	if (!of)
		return;
	of->used.bytes -= bytes;
	if (!h->bytes) {
		h->of = NULL;
		budget_share__put(of);
	}
}

/* ---- what another process does ---------------------------------------------------------- */

uint64_t budget__left_ns(void)
{
	return run.depth ? gained_since(run.until_ns, clock_ns(CLOCK_THREAD_CPUTIME_ID)) : run.ns;
}

uint64_t budget__left_bytes(void)
{
	return left_bytes(run.depth ? run.of : NULL);
}

void budget__grant(uint64_t ns, uint64_t bytes)
{
	run.depth++;
	run.of = NULL;
	run.granted = true;
	run.most_bytes = run.used.bytes + bytes;
	run.from_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	run.until_ns = run.from_ns + ns;
}

void budget__spent_elsewhere(uint64_t ns)
{
	if (!run.depth)
		return;
	run.from_ns -= ns;
	run.until_ns -= ns;
}

void budget__holds(struct budget_hold *h, uint64_t bytes)
{
	if (bytes < h->bytes)
		budget__drop(h, h->bytes - bytes);
	else if (bytes > h->bytes)
		take(h, h->bytes ? h->of : run.depth ? run.of : NULL, bytes - h->bytes);
}

void budget__refuse(uint64_t file)
{
	bool first = true;

	if (file && run.files.count < REFUSED_KNOWN)
		u64_table__get(&run.files, sizeof(uint8_t), file, &first);
	run.refused += first;
}

uint64_t budget__file(const struct stat *st)
{
	uint64_t key = (uint64_t)st->st_dev * 0x9e3779b97f4a7c15 ^ st->st_ino;

	return key ? key : 1;
}

uint64_t budget__refused(void)
{
	return run.refused;
}

uint64_t budget__bytes(void)
{
	return run.used.bytes;
}

uint64_t budget__spent_ns(void)
{
	return run.used.time.spent_ns;
}
