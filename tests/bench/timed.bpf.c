// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The least that it takes to time write(): a record a thread, a look at the
 * clock at its begin and one at its end, a sum and a histogram. It does not ask
 * whose call it is, nor on which file.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "hist.h"
#include "arch.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct record {
	u64 began_ns;
};
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct record);
} records SEC(".maps");

u64 bytes, times[TS_HIST_BUCKETS];

SEC("tp_btf/sys_enter")
int BPF_PROG(timed_enter, struct pt_regs *regs, long call)
{
	struct record *r;

	if (call != NR_write)
		return 0;
	r = bpf_task_storage_get(&records, bpf_get_current_task_btf(), NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (r)
		r->began_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(timed_exit, struct pt_regs *regs, long result)
{
	struct record *r;
	u32 bucket;

	if ((u64)REGS_SYSCALL(regs) != NR_write)
		return 0;
	r = bpf_task_storage_get(&records, bpf_get_current_task_btf(), NULL, 0);
	if (!r || !r->began_ns)
		return 0;
	bucket = hist_bucket(bpf_ktime_get_ns() - r->began_ns);
	barrier_var(bucket);
	if (bucket < TS_HIST_BUCKETS)
		__sync_fetch_and_add(&times[bucket], 1);
	if (result > 0)
		__sync_fetch_and_add(&bytes, result);
	return 0;
}
