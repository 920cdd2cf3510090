/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The programs of a snapshot, in an object of its own: few instructions, no large map, and loaded without
 * reading the kernel's types in user space, which would take longer than everything else. Kernels that can
 * load it so (5.17) have its helpers too; elsewhere threads_plain is used.
 */
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
volatile bool pass_registers = false;
volatile __u64 current_address = 0; /* of the thread that is looked at */

/* What is checked alone takes no pointer of a type. The verifier forgets the type of one that was in a map.
 */
static __always_inline u64 as_number(struct task_struct *task)
{
	current_address = (u64)task;
	return current_address;
}

#include "task.bpf.h"
#include "cgroup.bpf.h"
#include "restart.bpf.h"
#include "calls.bpf.h"
#include "thread.bpf.h"
#include "halt.bpf.h"
#include "file_lock.bpf.h"

/* A name and an offset, as bpf_snprintf formats a kernel address. */
__u64 symbol_address = 0;
char symbol_name[TS_KERNEL_SYMBOL_BYTES] = {};
const char format[] = "%pS";

/*
 * It reads no memory of the target: a page of it may belong to a file server that never answers, which not
 * even SIGKILL ends, and a program that waits so keeps every sleepable program of the system from being
 * detached.
 */
SEC("iter/task")
int threads(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct thread_scratch *s;
	bool regs;
	u32 tgid;

	if (!task)
		return 0;
	s = begin_thread(ctx);
	tgid = known_tgid(task);
	if (!s || !tgid || tgid != only_tgid)
		return 0;
	fill_identity(s, task, tgid);
	fill_halt(&s->r, as_number(task));
	fill_untracked(&s->r);
	/* A pass without registers only shows whether threads have run since another one. */
	regs = pass_registers && task_regs(task, true, &s->user_regs);
	fill_registers(&s->r, task, &s->user_regs, regs);
	fill_kernel_stack(s, task);
	fill_file_locks(&s->r, (s->r.state & TASK_UNINTERRUPTIBLE) && s->r.syscall >= 0 &&
					       io_kind(s->r.syscall) && s->r.syscall != NR_msync
				       ? file_at(task, s->r.args[0])
				       : 0);
	write_thread(ctx->meta->seq, s);
	return 0;
}

/* Run once per address: /proc/kallsyms has about 100,000 lines, and a snapshot needs a dozen of them. */
SEC("syscall")
int name_symbol(void *ctx)
{
	u64 arg = symbol_address;

	return (bpf_snprintf)(symbol_name, sizeof(symbol_name), format, &arg, sizeof(arg));
}

char LICENSE[] SEC("license") = "GPL";
