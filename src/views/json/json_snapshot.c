/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "version.h"
#include "views/json/json_build.h"

static json_t *target_object(const struct snapshot_report *r)
{
	json_t *cmdline = json_array();

	for (char *const *word = r->cmdline; word && *word; word++) {
		if (json_array_append_new(cmdline, json_text(*word))) {
			json_decref(cmdline);
			cmdline = NULL;
			break;
		}
	}
	return json_of("pid", json_integer(r->pid), "comm", json_text(r->comm), "exe",
		       json_text_or_null(r->exe), "cmdline", cmdline, "runtime",
		       json_of("kind", json_text(r->runtime_kind), "version",
			       json_text_or_null(r->runtime_version), NULL),
		       NULL);
}

/* A stack that was not collected has no word of its own in the schema. */
static const char *stack_end(const struct thread_row *t)
{
	if (t->stack.end)
		return stack_end__name(t->stack.end);
	return stack_end__name(t->blocked ? STACK_UNREADABLE : STACK_RUNNING);
}

static json_t *kernel_frames(const struct call_stack *stack)
{
	json_t *array = json_array();

	for (size_t i = 0; i < stack->count; i++) {
		const struct frame *f = &stack->frames[i];
		json_t *frame = json_of("function", json_text_or_null(f->function), "offset",
					json_number(f->offset), NULL);

		if (json_array_append_new(array, frame)) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* Snapshots before this one, of several; null: not known. */
static json_t *snapshots(const struct snapshot_report *r, int64_t count)
{
	return r->of <= 1 || count < 0 ? json_null() : json_integer(count);
}

/* Equal stacks share their frames: what was made of the last ones that hash there. */
struct known_frames {
	const struct frame *frames;
	size_t count;
	json_t *(*make)(const struct call_stack *);
	json_t *json;
};
#define KNOWN_FRAMES 128

static json_t *frames_once(struct known_frames *known, const struct call_stack *stack,
			   json_t *(*make)(const struct call_stack *))
{
	struct known_frames *k = &known[((uintptr_t)stack->frames >> 4) % KNOWN_FRAMES];

	if (!k->json || k->frames != stack->frames || k->count != stack->count || k->make != make) {
		json_decref(k->json);
		*k = (struct known_frames){stack->frames, stack->count, make, make(stack)};
	}
	return json_incref(k->json);
}

static void free_known(struct known_frames *known)
{
	for (size_t i = 0; i < KNOWN_FRAMES; i++)
		json_decref(known[i].json);
}

static json_t *thread_object(const struct snapshot_report *r, const struct thread_row *t,
			     struct known_frames *known)
{
	char state[2] = {t->state, '\0'};
	json_t *object = json_of(
		"tid", json_integer(t->tid), "ns_tid", json_integer(t->ns_tid), "name", json_text(t->name),
		"state", json_text(state), "wait", json_wait(t, r->lock_count), "stack",
		frames_once(known, &t->stack, json_frames), "stack_end", json_text(stack_end(t)),
		"stack_sampled", json_text(stack_end__name(t->stack.sampled)), "kernel_stack",
		frames_once(known, &t->kernel_stack, kernel_frames), "same_stack",
		snapshots(r, t->same_stack), "did_not_run", snapshots(r, t->did_not_run), NULL);

	/* Only threads of Go programs have one. */
	if (r->go && json_object_set_new(object, "goid", t->goid ? json_number(t->goid) : json_null())) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *lock_object(const struct lock_row *l)
{
	return json_of("address", json_address(l->address), "symbol", json_text_or_null(l->symbol), "kind",
		       json_text(lock_kind__name(l->kind)), "owner_tid", json_tid(l->owner_tid), "waiters",
		       json_tids(l->waiters, l->waiter_count), NULL);
}

static json_t *deadlock_object(const struct deadlock *d)
{
	json_t *locks = json_array();

	for (size_t i = 0; i < d->count; i++) {
		if (json_array_append_new(locks, json_number(d->locks[i]))) {
			json_decref(locks);
			locks = NULL;
			break;
		}
	}
	return json_of("tids", json_tids(d->tids, d->count), "locks", locks, "behind", json_number(d->behind),
		       NULL);
}

static json_t *group_object(const struct stack_group *g)
{
	static const struct call_stack none = {0};

	return json_of("count", json_number(g->count), "tids", json_tids(g->tids, g->count), "wait",
		       json_text(g->wait), "wait_min_ns", json_number(g->shortest_ns), "wait_max_ns",
		       json_number(g->longest_ns), "idle", json_boolean(g->idle), "stack",
		       json_frame_names(g->one ? &g->one->stack : &none), NULL);
}

/* Which of several it is; null: it is alone. */
static json_t *series(const struct snapshot_report *r)
{
	if (r->of <= 1)
		return json_null();
	return json_of("number", json_number(r->number), "of", json_number(r->of), NULL);
}

static void arrays(struct json_writer *w, const struct snapshot_report *r)
{
	struct known_frames known[KNOWN_FRAMES] = {0};

	json_writer__array(w, "threads");
	for (size_t i = 0; i < r->thread_count; i++)
		if (!r->threads[i].left_out)
			json_writer__element(w, thread_object(r, &r->threads[i], known));
	free_known(known);
	json_writer__array_end(w);
	json_writer__array(w, "locks");
	for (size_t i = 0; i < r->lock_count; i++)
		json_writer__element(w, lock_object(&r->locks[i]));
	json_writer__array_end(w);
	json_writer__array(w, "deadlocks");
	for (size_t i = 0; i < r->deadlock_count; i++)
		json_writer__element(w, deadlock_object(&r->deadlocks[i]));
	json_writer__array_end(w);
	json_writer__array(w, "groups");
	for (size_t i = 0; i < r->group_count; i++)
		json_writer__element(w, group_object(&r->groups[i]));
	json_writer__array_end(w);
	json_goroutines(w, r);
	json_findings(w, r->findings, r->finding_count);
}

void json_snapshot(FILE *out, const struct snapshot_report *r)
{
	struct json_writer w;

	json_writer__begin(&w, out);
	json_writer__member(&w, "schema", json_text("threadscope/snapshot/1"));
	json_writer__member(&w, "version", json_text(TS_VERSION));
	json_writer__member(&w, "time", json_time(r->time_ns));
	json_writer__member(&w, "series", series(r));
	json_writer__member(&w, "host",
			    json_of("kernel", json_text(r->kernel), "arch", json_text(r->arch), NULL));
	json_writer__member(&w, "target", target_object(r));
	arrays(&w, r);
	/* Nothing here ever stops the target: no ptrace, no signal, no freezer. */
	json_writer__member(&w, "cost",
			    json_of("wall_ns", json_number(r->cost.wall_ns), "cpu_ns",
				    json_number(r->cost.cpu_ns), "target_stopped_ns", json_integer(0), NULL));
	json_writer__member(&w, "lost", json_losses(r->losses, r->loss_count));
	json_writer__end(&w);
}
