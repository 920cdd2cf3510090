// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/waiters/spinners.h"

#include <string.h>

#include "collect/waiters/holding_code.h"
#include "collect/waiters/taking_code.h"
#include "util/text.h"
#include "waits/name_words.h"

#define MOST_THREADS 256 /* per sample: some 20 us each */
#define MOST_FRAMES  6   /* from the nap outwards */
#define MOST_INLINED 8

struct search {
	struct holding_codes codes;
	struct target *target;
	struct frame_state frames[MOST_FRAMES];
	struct sample *s;
};

/* What the functions at the frame's place say, inlined ones first; the first name is that of the last. */
static enum name_says say(const struct search *h, const struct frame_state *f, const char **ret_name)
{
	struct frame list[MOST_INLINED];
	size_t count =
		symbolizer__inlined(h->target->symbolizer, f->regs[TS_REG_PC], !f->exact, list, MOST_INLINED);
	enum name_says says = NAME_SAYS_WAIT;

	*ret_name = NULL;
	for (size_t i = 0; i < count && says == NAME_SAYS_WAIT; i++) {
		if (!list[i].function)
			return NAME_SAYS_NOTHING;
		*ret_name = list[i].function;
		says = name__says(list[i].function);
	}
	return says;
}

static bool is_of_c_library(const char *name)
{
	return name && !strcmp(name + strspn(name, "_"), "pthread_spin_lock");
}

/* glibc and musl leave the lock's address in the register that it came in. */
static uint64_t word_of(struct search *h, const struct frame_state *f, const char *name)
{
	if (is_of_c_library(name))
		return f->exact ? holding__argument(f->regs, f->known) : 0;
	return holding_codes__spins_for(&h->codes, h->target, f);
}

static void note(const struct search *h, struct sample_thread *t, uint64_t word, const char *name, bool lock)
{
	struct frame data;

	t->spins_for = word;
	t->spins_in = arena__string(&h->s->arena, name);
	t->spins_for_lock = lock;
	if (!symbolizer__data(h->target->symbolizer, word, &data) && data.function)
		t->spin_symbol = arena__string(&h->s->arena, data.function);
}

/* From the frame that runs or naps outwards, beyond those that only wait. */
static bool look(struct search *h, struct sample_thread *t, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct frame_state *f = &h->frames[i];
		const char *name;
		enum name_says says = say(h, f, &name);
		uint64_t word;

		if (taking_code__of_c_library(h->target, f->regs[TS_REG_PC] - !f->exact) &&
		    !is_of_c_library(name))
			continue;
		word = word_of(h, f, name);
		if (word)
			note(h, t, word, name, says == NAME_SAYS_LOCK);
		if (word || says != NAME_SAYS_WAIT)
			return word != 0;
	}
	return false;
}

static bool naps(const struct sample_thread *t)
{
	return t->blocked && t->kind == WAIT_SLEEP && t->stack.count;
}

/* Where it runs or naps; NULL: not known. A runnable thread without a CPU stays where it was, until it gets
 * one. */
static const struct ts_regs *regs_of(const struct sample_thread *t, const struct pass_thread *p,
				     const struct bare_stack *sampled)
{
	bool kept = naps(t) || (!t->blocked && thread__off_cpu(&p->t));

	if (!t->blocked && sampled && sampled->regs)
		return sampled->regs;
	return kept && p->t.flags & TS_THREAD_REGS ? &p->t.regs : NULL;
}

/* A live view has no stack of a running thread so far. */
static void take_stack(struct search *h, struct sample_thread *t, const struct pass_thread *p,
		       const struct bare_stack *sampled)
{
	struct stack walked;

	if (t->stack.count)
		return;
	if (sampled && sampled->regs) {
		t->stack = target__frames(h->target, &h->s->arena, sampled->pcs, sampled->exact,
					  sampled->count, sampled->end);
		t->stack.sampled = sampled->sampled;
		return;
	}
	thread__walk(h->target, p, true, &walked);
	t->stack = target__frames(h->target, &h->s->arena, walked.pcs, walked.exact, walked.count,
				  STACK_RUNNING);
	t->stack.sampled = walked.end == STACK_COMPLETE ? STACK_COMPLETE : STACK_TRUNCATED;
}

size_t spinners__mark(struct targets *targets, struct sample *s, const struct pass *pass,
		      const struct bare_stack *running)
{
	struct search h = {.codes = {.scans_left = MOST_THREADS * 2}, .s = s};
	size_t found = 0, looked_at = 0;

	for (size_t i = 0; i < s->thread_count && looked_at < MOST_THREADS; i++) {
		const struct pass_thread *p = &pass->threads[i];
		const struct bare_stack *sampled = running ? &running[i] : NULL;
		struct sample_thread *t = &s->threads[i];
		const struct ts_regs *regs = regs_of(t, p, sampled);
		struct stack_memory memory = {0};

		h.target = regs ? targets__named(targets, t->pid) : NULL;
		if (!h.target)
			continue;
		looked_at++;
		memory.start = regs->r[TS_REG_SP];
		memory.beyond = h.target->process;
		if (!look(&h, t, unwinder__frames(h.target->unwinder, regs, &memory, h.frames, MOST_FRAMES)))
			continue;
		found++;
		take_stack(&h, t, p, sampled);
	}
	holding_codes__free(&h.codes);
	return found;
}

/* Its registers were of one instant, its memory need not have been. */
void spinners__prove(struct sample *s, const struct pass *pass, const struct bare_stack *running,
		     const struct pass *after)
{
	for (size_t i = 0; i < s->thread_count; i++) {
		const struct ts_thread *p = &pass->threads[i].t;
		struct sample_thread *t = &s->threads[i];

		if (!t->spins_for || t->blocked || (running && running[i].regs) ||
		    thread__did_not_run(p, pass__find(after, p->tgid, p->tid)))
			continue;
		t->stack = (struct call_stack){.end = STACK_RUNNING};
	}
}
