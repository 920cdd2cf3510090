/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cgroups that keep threads of a process frozen or without memory, for a snapshot: an object of its own,
 * because few snapshots need it and each would wait for the verifier to look at it. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "threadscope.h"
#include "arch.bpf.h"

#define TS_LIGHT
#define has_current_btf  true
#define has_task_pt_regs true

volatile __u32 viewer_level = 0; /* threadscope's PID namespace */
volatile __u32 only_tgid = 0;    /* the target */

#include "task.bpf.h"
#include "cause.bpf.h"

/* One entry: there is one reader at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct ts_cause);
} cause_scratch SEC(".maps");

SEC("iter/task")
int causes(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct ts_cause *r;
	bool frozen;
	u32 zero = 0, state;

	if (!task || known_tgid(task) != only_tgid)
		return 0;
	state = known_state(task);
	frozen = task_frozen(task, state);
	r = bpf_map_lookup_elem(&cause_scratch, &zero);
	if (!r || !may_have_cause(state, frozen))
		return 0;
	__builtin_memset(r, 0, sizeof(*r));
	r->tid = known_tid(task);
	r->frozen = frozen;
	r->start_ns = task->start_time;
	r->memory_limit = read_cause(task, frozen, r->cgroup);
	/* Last: if the thread has not run since the pass, all of this is true of then. */
	r->switches = task->nvcsw + task->nivcsw;
	if (r->cgroup[0])
		bpf_seq_write(ctx->meta->seq, r, sizeof(*r));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
