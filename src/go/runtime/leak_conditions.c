/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goroutines wait for, beyond what their first sudog has: the cases of a select, and conditions. */
#include <stdlib.h>

#include "go/runtime/leak_search.h"
#include "util/array.h"
#include "util/heap.h"

#define CASES_MAX   4096
#define ROUND       512 /* sudogs read together */
#define SUDOG_BYTES 128

/* ---- select ------------------------------------------------------------------------------ */

/* One step along the lists of these. A list that cannot be followed wakes its goroutine: nothing is claimed.
 */
static size_t follow(struct goroutines *r, struct go_leak_search *l, const size_t *list, size_t n,
		     size_t *left)
{
	size_t size = (size_t)r->layout.off[GO_sizeof_sudog], count = 0;
	struct memory_piece pieces[ROUND];
	uint8_t *raw = heap__alloc(n * SUDOG_BYTES);

	for (size_t i = 0; i < n; i++)
		pieces[i] = (struct memory_piece){
			.address = l->blocked[list[i]].next_case, .buf = raw + i * SUDOG_BYTES, .len = size};
	r->memory.read_many(r->memory.arg, pieces, n);
	for (size_t i = 0; i < n; i++) {
		struct go_blocked *b = &l->blocked[list[i]];
		const uint8_t *sudog = pieces[i].buf;
		uint64_t c = go_piece__whole(&pieces[i]) ? raw_u64(sudog, r->layout.off[GO_sudog_c]) : 0;

		if (!c || raw_u64(sudog, r->layout.off[GO_sudog_g]) != b->who.address) {
			go_leaks__wake(l, list[i]);
			continue;
		}
		go_marks__skip(&l->marks, b->next_case);
		go_leaks__await(l, list[i], c);
		b->next_case = raw_u64(sudog, r->layout.off[GO_sudog_waitlink]);
		if (b->next_case && !b->live)
			left[count++] = list[i];
	}
	free(raw);
	return count;
}

void go_leaks__cases(struct goroutines *r, struct go_leak_search *l)
{
	size_t *list = HEAP_NEW(size_t, l->blocked_count + 1), count = 0;

	for (size_t i = 0; i < l->blocked_count; i++)
		if (l->blocked[i].next_case && !l->blocked[i].live)
			list[count++] = i;
	for (int step = 0; step < CASES_MAX && count && !go_marks__spent(&l->marks); step++) {
		size_t left = 0;

		for (size_t at = 0; at < count; at += ROUND)
			left += follow(r, l, list + at, count - at < ROUND ? count - at : ROUND, list + left);
		count = left;
	}
	for (size_t i = 0; i < count; i++)
		go_leaks__wake(l, list[i]);
	free(list);
}

/* ---- conditions --------------------------------------------------------------------------- */

#define COND_NOTIFY 16 /* offset of sync.Cond.notify: {wait u32, notify u32, lock, head, tail} */
#define HEAD        16 /* of head in it */
#define NEAR        24 /* words of a stack: sync.(*Cond).Wait is among its innermost frames */
#define WAITERS_MAX 65536

struct conditions {
	struct u64_table of;   /* of uint64_t, the condition, by g */
	struct u64_table seen; /* conditions: no data of its own */
};

/* All goroutines of its list of waiters. False: this is no condition. */
static bool walk(struct goroutines *r, struct conditions *c, uint64_t cond)
{
	uint64_t sudog, links[2]; /* g and next are its first fields */
	bool made, any = false;

	if (!go_memory__u64(&r->memory, cond + COND_NOTIFY + HEAD, &sudog))
		return false;
	for (size_t i = 0; i < WAITERS_MAX && sudog; i++) {
		uint64_t self, *of;

		if (sudog & 7 || !go_memory__read(&r->memory, sudog, links, sizeof(links)) || links[0] & 7 ||
		    !links[0] ||
		    !go_memory__u64(&r->memory, links[0] + (uint64_t)r->layout.off[GO_g_sched] + 16, &self) ||
		    self != links[0])
			return any;
		of = u64_table__get(&c->of, sizeof(*of), links[0], &made);
		*of = cond;
		any = true;
		sudog = links[1];
	}
	return any;
}

static uint64_t find(struct goroutines *r, const struct go_leak_search *l, struct conditions *c,
		     const struct go_blocked *b)
{
	const uint64_t *found = u64_table__find(&c->of, sizeof(*found), b->who.address);

	for (uint32_t i = 0; !found && i < b->word_count && i < NEAR; i++) {
		uint64_t word = l->words[b->words + i];
		bool made;

		if (word & 7)
			continue;
		u64_table__get(&c->seen, 1, word, &made);
		if (made && walk(r, c, word))
			found = u64_table__find(&c->of, sizeof(*found), b->who.address);
	}
	return found ? *found : 0;
}

void go_leaks__conditions(struct goroutines *r, struct go_leak_search *l)
{
	struct conditions c = {0};

	for (size_t i = 0; i < l->blocked_count; i++) {
		uint64_t cond;

		if (l->blocked[i].target || l->blocked[i].live)
			continue;
		cond = go_marks__spent(&l->marks) ? 0 : find(r, l, &c, &l->blocked[i]);
		if (cond)
			go_leaks__await(l, i, cond);
		else
			go_leaks__wake(l, i);
	}
	u64_table__free(&c.of);
	u64_table__free(&c.seen);
}
