/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports made by hand, judged and ranked by the model as it does its own: what views are given. */
#ifndef TS_TEST_RANKED_H
#define TS_TEST_RANKED_H

#include "model/rows/ranking.h"
#include "views/view.h"
#include "waits/judge.h"
#include "waits/wait.h"

static struct arena ranked_arena; /* lives until the test program ends */

static inline bool ranked_is_go(const struct interval_report *r, pid_t pid)
{
	for (size_t i = 0; i < r->process_count; i++)
		if (r->processes[i].pid == pid)
			return r->processes[i].go;
	return false;
}

/* As the model does it (model/rows/rows.c), of what a row has. */
static inline void ranked_judge(struct thread_row *t, bool go)
{
	static const uint64_t no_args[6];
	const struct wait_judgement j = wait__judge(&(struct wait_case){.kind = t->wait.kind,
									.state = t->state,
									.name = t->name ? t->name : "",
									.syscall = t->wait.syscall ? 0 : -1,
									.args = no_args,
									.user = &t->stack,
									.kernel = &t->kernel_stack,
									.go = go});

	t->wait.class = j.class;
	t->wait.reason = j.reason;
	t->wait.what = j.what;
	t->wait.on_lock = j.on_lock;
	t->wait.function = j.frame < t->stack.count ? t->stack.frames[j.frame].function : NULL;
}

static inline void *ranked_copy(const void *rows, size_t size)
{
	return size ? arena__copy(&ranked_arena, rows, size) : NULL;
}

static inline struct interval_report ranked_interval(const struct interval_report *by_hand, bool logs)
{
	struct interval_report r = *by_hand;
	struct thread_row *threads = ranked_copy(r.threads, r.thread_count * sizeof(*threads));
	struct lock_row *locks = ranked_copy(r.locks, r.lock_count * sizeof(*locks));
	struct file_row *files = ranked_copy(r.files, r.file_count * sizeof(*files));
	struct call_row *calls = ranked_copy(r.calls, r.call_count * sizeof(*calls));

	for (size_t i = 0; i < r.call_count; i++)
		calls[i].hangs = ranking__hangs(calls[i].age_ns);
	for (size_t i = 0; i < r.thread_count; i++)
		ranked_judge(&threads[i], ranked_is_go(&r, threads[i].pid));
	for (size_t i = 0; i < r.lock_count; i++)
		ranking__lock(&locks[i], ranked_is_go(&r, locks[i].pid));
	for (size_t i = 0; i < r.file_count; i++) {
		files[i].connection = ranking__is_connection(&files[i]);
		files[i].hangs = ranking__hangs(files[i].oldest_in_flight_ns);
	}
	r.threads = threads;
	r.locks = locks;
	r.files = files;
	r.calls = calls;
	ranking__threads(&ranked_arena, &r);
	ranking__locks(&ranked_arena, &r);
	ranking__files(&ranked_arena, &r, files, logs);
	return r;
}

static inline struct snapshot_report ranked_snapshot(const struct snapshot_report *by_hand)
{
	struct snapshot_report r = *by_hand;
	struct thread_row *threads = ranked_copy(r.threads, r.thread_count * sizeof(*threads));
	struct lock_row *locks = ranked_copy(r.locks, r.lock_count * sizeof(*locks));

	for (size_t i = 0; i < r.thread_count; i++)
		ranked_judge(&threads[i], r.go);
	for (size_t i = 0; i < r.lock_count; i++)
		ranking__lock(&locks[i], r.go);
	r.threads = threads;
	r.locks = locks;
	ranking__snapshot_locks(&ranked_arena, &r);
	return r;
}

static inline void show_interval(const struct view *v, const struct view_options *o,
				 const struct interval_report *by_hand)
{
	struct interval_report r = ranked_interval(by_hand, false);

	v->interval(o, &r);
}

static inline void show_logs(const struct view *v, const struct view_options *o,
			     const struct interval_report *by_hand)
{
	struct interval_report r = ranked_interval(by_hand, true);

	v->logs(o, &r);
}

static inline void show_heatmap(const struct view *v, const struct view_options *o, const struct heatmap *h,
				const struct interval_report *by_hand)
{
	struct interval_report r = ranked_interval(by_hand, true);

	v->heatmap(o, h, &r);
}

static inline void show_snapshot(const struct view *v, const struct view_options *o,
				 const struct snapshot_report *by_hand)
{
	struct snapshot_report r = ranked_snapshot(by_hand);

	v->snapshot(o, &r);
}

#endif
