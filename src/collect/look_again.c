// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether threads have run since a pass, for readers of a runtime's own structures. */
#include "collect/collector_private.h"

void collect__look_again(void *arg, const struct sample *s, bool *same)
{
	const struct threads_again *a = arg;
	struct pass after;

	if (pass__read(a->c->probes, 0, a->c->options.only_pid, &after))
		return;
	for (size_t i = 0; i < s->thread_count && i < a->pass->count; i++) {
		const struct ts_thread *t = &a->pass->threads[i].t;
		const struct pass_thread *p = pass__find(&after, t->tgid, t->tid);

		/* A thread that was replaced by what it was afterwards is of neither pass. */
		same[i] = !s->threads[i].newer && thread__did_not_run(t, p) && thread__blocked(&p->t);
	}
	pass__free(&after);
}

void collect__java(struct collector *c, struct sample *s, const struct pass *pass, bool snapshot)
{
	struct threads_again again = {c, pass};

	java_threads__join(c->java, s, &(struct java_proof){collect__look_again, &again, snapshot});
}
