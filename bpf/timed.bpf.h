/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings and maps of the calls that are timed by call and place: see timed.bpf.c. */
#ifndef TS_TIMED_BPF_H
#define TS_TIMED_BPF_H

const volatile bool time_calls = false;
const volatile __u8 timed_forms[TS_CALL_NUMBERS]; /* by number: enum ts_call_form, TS_CALL_BYTES */

volatile __u64 timed_lost = 0; /* calls that are in no row, and those that are only in one of the rest */

/* User space makes room for them if they are wanted. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, u32); /* the kernel's own TID */
	__type(value, struct ts_call_now);
} timed_now SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct ts_call_key);
	__type(value, struct ts_call);
} timed_calls SEC(".maps");

/* Places that find no room in timed_calls, by process and call. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct ts_call_key);
	__type(value, struct ts_call);
} timed_rest SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct ts_call_now);
} zero_call_now SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct ts_call);
} zero_call SEC(".maps");

static __always_inline void timed_thread_ends(void)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();

	if (time_calls)
		bpf_map_delete_elem(&timed_now, &tid);
}

#endif
