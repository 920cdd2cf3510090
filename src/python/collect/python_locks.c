// SPDX-License-Identifier: GPL-2.0-or-later
#include "python/collect/python_locks.h"

#include <stdlib.h>
#include <string.h>

#include "python/collect/python_private.h"
#include "util/clock.h"
#include "util/u64_table.h"
#include "waits/wait.h"

/* Locks of objects that are searched for in one sample; each takes some 150 reads of memory. */
#define OBJECTS_MAX 64

/* ---- the GIL ---- */

static const struct python_holding *held_before(const struct python_stacks *p, pid_t pid,
						const struct python_gil *g)
{
	for (size_t i = 0; i < p->before_count; i++)
		for (size_t k = 0; k < PYTHON_GILS && p->before[i].pid == pid; k++) {
			const struct python_holding *h = &p->before[i].holding[k];

			if (h->since_ns && h->address == g->address && h->holder == g->holder &&
			    h->switches == g->switches)
				return h;
		}
	return NULL;
}

void python_holding__compare(const struct python_stacks *p, struct python_seen *v)
{
	struct python_look again = v->look;

	python__look_at_gils(v->python, &again);
	for (size_t i = 0; i < again.gil_count; i++) {
		const struct python_gil *now = &again.gils[i], *first = &v->look.gils[i];
		const struct python_holding *before = held_before(p, v->pid, now);
		bool same = i < v->look.gil_count && first->address == now->address &&
			    first->holder == now->holder && first->switches == now->switches && now->holder;

		v->holding[i] = (struct python_holding){now->address, now->holder, now->switches, 0};
		if (same)
			v->holding[i].since_ns = before ? before->since_ns : v->looked_ns;
	}
	memcpy(v->look.gils, again.gils, sizeof(again.gils));
	v->look.gil_count = again.gil_count;
}

/* The thread's TID as the sample has it; 0: the sample does not have it. */
static pid_t sample_tid(const struct sample *s, pid_t pid, const struct python_thread *t)
{
	pid_t found = 0;

	for (size_t i = 0; t && i < s->thread_count; i++) {
		if (s->threads[i].pid != pid)
			continue;
		if (t->libc_tid && s->threads[i].ns_tid == t->libc_tid)
			return s->threads[i].tid;
		if (t->own_tid && s->threads[i].ns_tid == t->own_tid)
			found = s->threads[i].tid;
	}
	return found;
}

static size_t gil_of(const struct python_seen *v, uint64_t word)
{
	for (size_t i = 0; i < v->look.gil_count; i++)
		if (word - v->look.gils[i].address < v->look.gils[i].bytes)
			return i;
	return PYTHON_GILS;
}

/* While one thread has the GIL, who waits for it goes on to, though it looks every 5 ms whether it may have
 * it. */
static void since_when(struct python_stacks *p, struct sample *s, struct sample_thread *t,
		       const struct python_holding *h)
{
	struct python_kept *k = python_stacks__kept(p, (uint32_t)t->pid, (uint32_t)t->tid);
	uint64_t waits_ns;

	if (!k)
		return;
	if (!k->gil_since_ns || k->gil_switches != h->switches) {
		k->gil_since_ns = gained_since(s->now_ns, t->waiting_ns);
		k->gil_switches = h->switches;
	}
	waits_ns = gained_since(s->now_ns, k->gil_since_ns);
	if (waits_ns > t->waiting_ns)
		t->waiting_ns = waits_ns;
	t->at_least = true;
}

static void name_gil(struct python_stacks *p, struct sample *s, struct sample_lock *l,
		     const struct python_seen *v, size_t gil)
{
	const struct python_holding *h = &v->holding[gil];
	pid_t owner = h->since_ns ? sample_tid(s, v->pid, python_look__by_state(&v->look, h->holder)) : 0;

	l->address = h->address;
	l->kind = LOCK_MUTEX;
	l->symbol = PYTHON_GIL;
	l->owner_tid = owner;
	l->held_ns = owner ? gained_since(monotonic_ns(), h->since_ns) : 0;
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];

		if (t->pid != v->pid || t->lock_address != l->word || !t->blocked || t->kind == WAIT_STOPPED)
			continue;
		t->kind = WAIT_MUTEX;
		t->wakes_itself = true;
		t->blocked_by = owner != t->tid ? owner : 0;
		if (t->blocked_by)
			since_when(p, s, t, h);
	}
}

/* ---- locks of objects ---- */

static const char *const KINDS[] = {
	[PYTHON_LOCK] = "Lock", [PYTHON_RLOCK] = "RLock", [PYTHON_FILE] = "lock of a buffered file"};

/* "RLock in Handler.acquire": the function of Python that waits for it. */
static const char *name_of(struct sample *s, const struct python_lock *lock, const struct call_stack *stack)
{
	for (size_t i = 0; i < stack->count; i++)
		if (stack->frames[i].language)
			return arena__format(&s->arena, "%s in %s", KINDS[lock->kind],
					     stack->frames[i].function);
	return KINDS[lock->kind];
}

/* The object of the lock that a thread waits for, from its registers and the top of its stack. */
static bool find_object(const struct python_seen *v, const struct pass_thread *p, uint64_t word,
			struct python_lock *ret)
{
	uint64_t values[THREAD_VALUES];
	size_t count = thread__values(v->target, p, values);

	for (size_t i = 0; i < count; i++) {
		bool seen = false;

		for (size_t k = 0; k < i && !seen; k++)
			seen = values[k] == values[i];
		if (!seen && values[i] != word && python__lock_at(v->python, values[i], word, ret))
			return true;
	}
	return false;
}

/* Frames that are looked at for who has one lock: each takes some ten reads of memory. */
#define FRAMES_MAX 2000

struct holder_search {
	struct python_stacks *stacks;
	const struct python_seen *seen;
	const struct python_lock *lock;
	struct python_names *names;
	size_t frames;
};

/* The function of a thread that is within a "with" on the lock, and so will unlock it; NULL: none is. */
static const char *will_unlock(struct holder_search *h, const struct python_kept *k)
{
	for (size_t i = 0; i < k->count && h->frames < FRAMES_MAX; i++, h->frames++) {
		struct frame f = {0};

		/* It has given up the condition's lock, which may be this one. */
		if (!python_names__place(h->names, &k->places[i], &f) ||
		    !strcmp(f.function, "Condition.wait"))
			return NULL;
		if (python__within(h->seen->python, &k->places[i], h->lock))
			return f.function;
	}
	return NULL;
}

/* NULL: not one, or several, of which one may have unlocked it for a while. */
static const struct sample_thread *find_holder(struct holder_search *h, const struct sample *s,
					       const char **ret_in)
{
	const struct sample_thread *found = NULL;

	for (size_t i = 0; i < s->thread_count; i++) {
		const struct sample_thread *t = &s->threads[i];
		const struct python_kept *k =
			t->pid == h->seen->pid
				? python_stacks__kept(h->stacks, (uint32_t)t->pid, (uint32_t)t->tid)
				: NULL;
		const char *in = k && k->proven ? will_unlock(h, k) : NULL;

		if (in && found)
			return NULL;
		if (in) {
			found = t;
			*ret_in = in;
		}
	}
	return h->frames < FRAMES_MAX ? found : NULL;
}

/* A Lock keeps no owner. Nobody may have it: a Condition lets each of its waiters wait for a Lock of its own.
 */
static void name_holder(struct python_stacks *p, struct sample *s, struct sample_lock *l,
			const struct python_seen *v, const struct sample_thread *waiter,
			const struct python_lock *lock, struct python_names *names)
{
	struct holder_search h = {p, v, lock, names, 0};
	const char *in = NULL;
	const struct sample_thread *holder = find_holder(&h, s, &in);

	if (!holder)
		return;
	l->kind = LOCK_MUTEX;
	l->symbol = name_of(s, lock, &waiter->stack);
	l->likely = LOCK_LIKELY_FRAMES;
	l->likely_tid = holder->tid;
	l->likely_in = in;
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];

		if (t->pid == v->pid && t->lock_address == l->word && t->blocked && t->kind == WAIT_SEMAPHORE)
			t->kind = WAIT_MUTEX;
	}
}

static void name_object(struct sample *s, struct sample_lock *l, const struct python_seen *v,
			const struct sample_thread *waiter, const struct python_lock *lock)
{
	pid_t owner = lock->owner ? sample_tid(s, v->pid, python_look__by_ident(&v->look, lock->owner)) : 0;

	if (!owner)
		return;
	l->kind = LOCK_MUTEX;
	l->symbol = name_of(s, lock, &waiter->stack);
	l->owner_tid = owner;
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];

		if (t->pid != v->pid || t->lock_address != l->word || !t->blocked || t->kind == WAIT_STOPPED)
			continue;
		t->kind = WAIT_MUTEX;
		t->blocked_by = t->steady ? owner : 0;
	}
}

/* ---- all ---- */

static struct sample_lock *lock_of(struct sample *s, const struct sample_thread *t)
{
	for (size_t low = 0, high = s->lock_count; low < high;) {
		size_t middle = (low + high) / 2;
		struct sample_lock *l = &s->locks[middle];

		if (l->pid == t->pid && l->word == t->lock_address)
			return l;
		if (l->pid < t->pid || (l->pid == t->pid && l->word < t->lock_address))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void python_locks__name(struct python_stacks *p, struct sample *s, const struct pass *pass)
{
	struct u64_table done = {0};
	const struct python_seen *v = NULL;
	struct python_names *names = NULL; /* of v; NULL: not needed so far */
	size_t objects = 0;

	for (size_t i = 0; p->seen_count && i < s->thread_count && i < pass->count; i++) {
		const struct sample_thread *t = &s->threads[i];
		struct sample_lock *l = t->lock_address ? lock_of(s, t) : NULL;
		struct python_lock lock;
		bool made = false;
		size_t gil;

		if (!v || v->pid != t->pid) {
			python_names__free(names);
			names = NULL;
			v = python_stacks__seen(p, t->pid);
		}
		if (!v || !l || !t->blocked)
			continue;
		gil = gil_of(v, l->word);
		/* A waiter that ran while the others were read shows nothing of its object. */
		if (gil == PYTHON_GILS && !t->steady)
			continue;
		u64_table__get(&done, sizeof(uint64_t), (uint64_t)t->pid << 48 ^ l->word, &made);
		if (!made)
			continue;
		if (gil < PYTHON_GILS)
			name_gil(p, s, l, v, gil);
		else if (t->kind == WAIT_SEMAPHORE && objects++ < OBJECTS_MAX &&
			 find_object(v, &pass->threads[i], l->word, &lock)) {
			if (lock.kind != PYTHON_LOCK) {
				name_object(s, l, v, t, &lock);
				continue;
			}
			names = names ? names : python_names__new(v->python, &s->arena);
			name_holder(p, s, l, v, t, &lock, names);
		}
	}
	python_names__free(names);
	u64_table__free(&done);
}
