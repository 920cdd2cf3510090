/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/leaks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "go/runtime/leak_search.h"
#include "util/array.h"
#include "util/clock.h"

#define READINGS     4
#define READINGS_MAX 16
#define BETWEEN_NS   15000000       /* readings, longer each time: the program may have a rhythm */
#define TIME_NS      (4 * NS_PER_S) /* of all readings */
#define HEAP_BYTES   (1ull << 30)   /* of objects that are reached, in each */
#define WORDS_MAX    (16u << 20)    /* of stacks: of more goroutines nothing is claimed */
#define AWAITED_MAX  (8u << 20)     /* channels and locks */
#define LONGER_NS    4000000
#define ROUNDS       8

/* The wait reasons that end only by what another goroutine does. */
static const char *const STATES[] = {
	"chan receive",       "chan send",         "select",
	"semacquire",         "sync.Cond.Wait",    "sync.Mutex.Lock",
	"sync.RWMutex.RLock", "sync.RWMutex.Lock", "sync.WaitGroup.Wait",
};

static bool is_wait(const char *state)
{
	for (size_t i = 0; i < sizeof(STATES) / sizeof(STATES[0]); i++)
		if (!strcmp(STATES[i], state))
			return true;
	return false;
}

/* ---- goroutines ------------------------------------------------------------------------- */

void go_leaks__wake(struct go_leak_search *l, size_t blocked)
{
	if (l->blocked[blocked].live)
		return;
	l->blocked[blocked].live = true;
	*ARRAY_ADD(l->woken, l->woken_count, l->woken_room) = blocked;
}

void go_leaks__await(struct go_leak_search *l, size_t blocked, uint64_t address)
{
	struct go_object o;
	size_t *first;
	bool made;

	/* A variable, or on a stack. */
	if (l->awaited_count == AWAITED_MAX || !go_marks__watch(&l->marks, address, &o)) {
		go_leaks__wake(l, blocked);
		return;
	}
	first = u64_table__get(&l->objects, sizeof(*first), go_object__key(o), &made);
	*ARRAY_ADD(l->awaited, l->awaited_count, l->awaited_room) =
		(struct go_awaited){.blocked = blocked, .next = *first};
	*first = l->awaited_count;
	if (go_marks__reached(&l->marks, o))
		go_leaks__wake(l, blocked);
}

/* The words that point into the heap, without repetitions. */
static void keep_words(struct go_leak_search *l, struct go_blocked *b, const uint8_t *bytes, size_t len)
{
	uint64_t last = 0;

	for (size_t i = 0; i + 8 <= len; i += 8) {
		uint64_t word = raw_u64(bytes + i, 0);

		if (word == last || word < l->marks.spans.low || word >= l->marks.spans.high ||
		    go_spans__page(&l->marks.spans, word) == GO_PAGE_OTHER)
			continue;
		*ARRAY_ADD(l->words, l->word_count, l->word_room) = last = word;
		b->word_count++;
	}
}

/* What it waits for, as its first sudog has it. Sudogs lead to what is waited for, but wake nobody. */
static bool take_sudog(struct goroutines *r, struct go_leak_search *l, struct go_batch *b,
		       const struct go_slot *s, struct go_blocked *blocked)
{
	uint64_t sudog = raw_u64(s->before, r->layout.off[GO_g_waiting]);

	if (!s->has_sudog)
		return !strcmp(s->g.state, "sync.Cond.Wait") && r->layout.minor < 26;
	if (!sudog)
		sudog = go_semaphores__sudog(b->semaphores, s->address);
	blocked->target = raw_u64(s->sudog, r->layout.off[GO_sudog_c]);
	if (!blocked->target)
		blocked->target = raw_u64(s->sudog, r->layout.off[GO_sudog_elem]);
	else if (!strcmp(s->g.state, "select"))
		blocked->next_case = raw_u64(s->sudog, r->layout.off[GO_sudog_waitlink]);
	if (blocked->target)
		go_marks__skip(&l->marks, sudog);
	return blocked->target != 0;
}

void go_leaks__look(struct goroutines *r, struct go_batch *b, const struct go_slot *s)
{
	uint64_t hi = raw_u64(s->before, r->layout.off[GO_g_stack] + 8);
	size_t size = (size_t)r->layout.off[GO_sizeof_g];
	const uint8_t *stack = b->buffer + s->stack_at;
	struct go_leak_search *l = r->leaks;
	struct go_blocked blocked = {.who = {s->address, s->g.goid, s->g.tracking_seq},
				     .words = l->word_count};
	bool made;

	if (s->stack_base + s->stack_len < hi)
		return; /* a part of it */
	u64_table__get(&l->looked, 1, s->address, &made);
	/* The main goroutine ends the program when it returns: programs let it wait for nothing. */
	if (s->g.system || s->g.goid == 1 || !go_status__waits(s->g.status) || !is_wait(s->g.state) ||
	    l->word_count > WORDS_MAX || !take_sudog(r, l, b, s, &blocked)) {
		go_marks__words(&l->marks, stack, s->stack_len);
		go_marks__words(&l->marks, s->before, size);
		return;
	}
	keep_words(l, &blocked, stack, s->stack_len);
	keep_words(l, &blocked, s->before, size);
	*ARRAY_ADD(l->blocked, l->blocked_count, l->blocked_room) = blocked;
}

static int see(const struct goroutine *g, void *arg)
{
	struct go_leak_search *l = arg;

	go_marks__skip(&l->marks, g->address);
	if (u64_table__find(&l->looked, 1, g->address))
		return 0;
	*ARRAY_ADD(l->whole, l->whole_count, l->whole_room) = g->address;
	if (!g->system && g->stack->end == STACK_RUNNING)
		*ARRAY_ADD(l->running, l->running_count, l->running_room) = g->goid;
	return 0;
}

/* ---- one reading ------------------------------------------------------------------------- */

static void follow_hits(struct go_leak_search *l)
{
	for (size_t i = 0; i < l->marks.hit_count; i++) {
		const size_t *first =
			u64_table__find(&l->objects, sizeof(*first), go_object__key(l->marks.hits[i]));

		for (size_t at = first ? *first : 0; at; at = l->awaited[at - 1].next)
			go_leaks__wake(l, l->awaited[at - 1].blocked);
	}
	l->marks.hit_count = 0;
}

static void follow_woken(struct go_leak_search *l)
{
	while (l->woken_count) {
		const struct go_blocked *b = &l->blocked[l->woken[--l->woken_count]];

		for (uint32_t k = 0; k < b->word_count; k++)
			go_marks__word(&l->marks, l->words[b->words + k]);
	}
}

/*
 * What is reached wakes goroutines, and what these reach is reached. A structure that is replaced meanwhile,
 * as a whole, is freed before it has been followed to its end: the variables lead to the new one.
 */
static void spread(struct goroutines *r, struct go_leak_search *l)
{
	bool more = true;

	for (int i = 0; more && i < ROUNDS; i++) {
		do {
			follow_woken(l);
			go_marks__drain(&l->marks);
			follow_hits(l);
		} while (l->woken_count && !go_marks__spent(&l->marks));
		if (go_marks__spent(&l->marks))
			return;
		more = go_marks__grown(&l->marks);
		more = go_leaks__variables(r, l) || more;
	}
}

static int read_once(struct goroutines *r, struct go_leak_search *l, uint64_t until_ns)
{
	struct goroutines_lost lost;
	int err = go_marks__begin(&l->marks, r, HEAP_BYTES, until_ns);

	if (err)
		return err;
	r->leaks = l;
	err = goroutines__read(r, 0, see, l, &lost);
	r->leaks = NULL;
	if (err)
		return err;
	l->marks.incomplete = lost.unreadable || lost.more;
	l->waiting = l->blocked_count;
	for (size_t i = 0; i < l->blocked_count; i++)
		if (l->blocked[i].target)
			go_leaks__await(l, i, l->blocked[i].target);
	go_leaks__cases(r, l);
	go_leaks__conditions(r, l);
	go_leaks__roots(r, l);
	spread(r, l);
	return 0;
}

static void end_reading(struct go_leak_search *l)
{
	go_marks__end(&l->marks);
	u64_table__free(&l->objects);
	u64_table__free(&l->looked);
	free(l->blocked);
	free(l->words);
	free(l->awaited);
	free(l->whole);
	free(l->running);
	free(l->woken);
	*l = (struct go_leak_search){0};
}

/* ---- several ------------------------------------------------------------------------------ */

/* A goroutine that waits: in which of the readings, and in which of these nothing was seen to wake it. */
struct seen {
	struct goroutine_leaked who;
	uint64_t present, leaked;
};

struct search {
	struct u64_table waiting; /* of struct seen, by g */
	struct u64_table running; /* of uint64_t, in which readings, by number */
};

static uint64_t all_of(uint32_t readings)
{
	return (1ull << readings) - 1;
}

static void add_blocked(struct search *s, const struct go_blocked *b, uint32_t number)
{
	bool made;
	struct seen *seen = u64_table__get(&s->waiting, sizeof(*seen), b->who.address, &made);

	if (made || seen->who.goid != b->who.goid || seen->who.tracking_seq != b->who.tracking_seq)
		*seen = (struct seen){.who = b->who};
	seen->present |= 1ull << number;
	if (!b->live)
		seen->leaked |= 1ull << number;
}

/* Errors that chance has repeated in each reading: how many are to be expected, in 1,000 searches. */
static double expected_errors(const struct goroutine_leaks *found, unsigned bad)
{
	double n = (double)found->waiting * 1000;

	for (uint32_t i = 0; i < found->readings; i++)
		n = n * bad / found->readings;
	return n;
}

/* A reading has erred if it found somebody leaked that another one has seen to be reached, in the same wait.
 */
static void compare(const struct search *s, struct goroutine_leaks *found)
{
	const uint64_t all = all_of(found->readings), *in = NULL;
	const struct seen *seen = NULL;
	uint64_t errors = 0;
	unsigned bad;

	found->leaked = found->running = 0;
	while ((seen = u64_table__next(&s->waiting, sizeof(*seen), seen))) {
		found->leaked += seen->leaked == all;
		if (seen->present != seen->leaked)
			errors |= seen->leaked;
	}
	while ((in = u64_table__next(&s->running, sizeof(*in), in)))
		if ((*in >> 32) == all)
			found->running = *in & UINT32_MAX;
	bad = (unsigned)__builtin_popcountll(errors);
	found->moving = bad && expected_errors(found, bad) >= 1;
}

static void add_reading(struct search *s, const struct go_leak_search *l, struct goroutine_leaks *found)
{
	uint32_t number = found->readings++;
	bool made;

	for (size_t i = 0; i < l->blocked_count; i++)
		add_blocked(s, &l->blocked[i], number);
	for (size_t i = 0; i < l->running_count; i++) {
		uint64_t *in = u64_table__get(&s->running, sizeof(*in), l->running[i], &made);

		*in |= 1ull << (32 + number) | (l->running[i] & UINT32_MAX);
	}
	found->waiting = l->waiting;
	found->whole = found->whole && !l->marks.incomplete;
	found->heap_bytes = l->marks.spans.bytes;
	if (l->marks.heap_bytes > found->read_bytes)
		found->read_bytes = l->marks.heap_bytes;
	compare(s, found);
}

/* More than the usual number of readings where they contradict each other. */
static bool goes_on(const struct goroutine_leaks *found)
{
	if (!found->readings)
		return true;
	if (!found->leaked || !found->whole ||
	    found->took_ns / found->readings * (found->readings + 1) > TIME_NS)
		return false;
	return found->readings < READINGS || (found->moving && found->readings < READINGS_MAX);
}

static int search(struct goroutines *r, struct search *s, struct goroutine_leaks *found)
{
	uint64_t start = monotonic_ns();
	struct go_leak_search l = {0};
	int err = 0;

	found->whole = true;
	while (!err && goes_on(found)) {
		if (found->readings)
			nanosleep(&(struct timespec){.tv_nsec = BETWEEN_NS + found->readings * LONGER_NS},
				  NULL);
		err = read_once(r, &l, start + TIME_NS);
		if (!err)
			add_reading(s, &l, found);
		end_reading(&l);
		found->took_ns = monotonic_ns() - start;
	}
	return err;
}

int goroutines__leaks(struct goroutines *r, goroutine_leaked_fn fn, void *arg, struct goroutine_leaks *ret)
{
	struct goroutine_leaks found = {0};
	struct search s = {0};
	const struct seen *seen = NULL;
	int err = r->layout.known ? search(r, &s, &found) : -ENODATA;

	while (!err && (seen = u64_table__next(&s.waiting, sizeof(*seen), seen)))
		if (seen->leaked == all_of(found.readings))
			fn(&seen->who, arg);
	u64_table__free(&s.waiting);
	u64_table__free(&s.running);
	if (!err)
		*ret = found;
	return err;
}
