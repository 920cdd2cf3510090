/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings, maps, and the loss counters. */
#ifndef TS_MAPS_BPF_H
#define TS_MAPS_BPF_H

/* ---- settings: read-only once loaded, so that disabled code costs nothing -- */

enum target_mode { TARGET_ONE = 0, TARGET_SET = 1, TARGET_NAME = 2, TARGET_ALL = 3 };

const volatile __u32 target_mode = TARGET_ONE;
const volatile bool use_task_storage = true;
const volatile bool has_current_btf = true;    /* bpf_get_current_task_btf, 5.11 */
const volatile bool has_task_pt_regs = true;   /* bpf_task_pt_regs, 5.15 */
const volatile bool switch_has_state = true;   /* 4th argument of sched_switch, 5.18 */
const volatile bool guard_calls = false;       /* bpf_preempt_disable in fentry and fexit, 6.10 */
const volatile bool guard_tracepoints = false; /* and in tracepoints, which run preemptible from 7.0 on */
const volatile bool has_rdonly_cast = false;   /* bpf_rdonly_cast, 6.2 */
const volatile bool has_btrfs = false;         /* its offsets are known: */
const volatile __u32 btrfs_inode_at = 0;       /* vfs_inode in struct btrfs_inode */
const volatile __u32 btrfs_root_at = 0;        /* root in the same */
const volatile __u32 btrfs_root_id_at = 0;     /* root_key.objectid in struct btrfs_root */
const volatile __u32 uring_submit_at = 0;      /* which argument of its tracepoint is the request */
const volatile __u32 uring_complete_as =
	0; /* enum uring_complete: the arguments of the completion's tracepoint */
const volatile bool want_events = false; /* send creations, exits and slow calls one by one */
const volatile bool want_stacks = true;
const volatile bool want_kernel_stacks = false;
const volatile bool track_io = true;
const volatile __u64 slow_io_ns = 10000000;
const volatile __u64 min_wait_ns = 1000000;

/*
 * -n GLOB as a bit-parallel automaton, made in user space: bit i of a state is
 * "the first i symbols have matched". Several globs share the 64 bits.
 */
const volatile __u64 name_accepts[256]; /* states entered by this byte */
const volatile __u64 name_loops;        /* states with a star: stay on any byte */
const volatile __u64 name_starts;
const volatile __u64 name_ends;

/* ---- settings that change while attached ------------------------------- */
volatile __u32 one_tgid = 0;        /* the kernel's PID; 0: not known yet, accept all */
volatile __u32 viewer_level = 0;    /* threadscope's PID namespace */
volatile __u64 epoch = 1;           /* interval number, for interval_max */
volatile bool inside_works = false; /* this kernel sets one of INSIDE_FLAGS */
volatile __u32 file_epoch = 1;      /* incremented whenever a row of file_rows is reassigned */

/* ---- one record per thread ---------------------------------------------- */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct thread_state);
} thread_storage SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, u32); /* the kernel's own TID */
	__type(value, struct thread_state);
} thread_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);   /* tgid */
	__type(value, u32); /* TARGET_FOLLOW */
} targets SEC(".maps");
#define TARGET_FOLLOW 1 /* its children become targets too */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, struct ts_process);
} processes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct ts_stack_key);
	__type(value, struct ts_creator);
} creators SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct ts_lock_key);
	__type(value, struct ts_lock);
} locks SEC(".maps");

/*
 * The totals of files are in an array: a thread that remembers its file's row reaches it without a helper.
 * User space maintains file_slots (rows in use) and free_files.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, TS_FILES);
	__type(key, u32);
	__type(value, struct ts_file);
} file_rows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TS_FILES);
	__type(key, struct ts_file_key);
	__type(value, u32);
} file_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, TS_FILES);
	__type(value, u32);
} free_files SEC(".maps");

/* Arguments of io_uring's completion tracepoint. */
enum uring_complete {
	URING_CQE = 0,       /* (ring, request, entry): 6.16 */
	URING_REQUEST = 1,   /* (ring, request, user_data, result, ...): 5.16 */
	URING_USER_DATA = 2, /* (ring, user_data, result, flags) */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TS_REQUESTS);
	__type(key, struct ts_request_key);
	__type(value, struct ts_request);
} uring_requests SEC(".maps");

struct file_writer {
	struct ts_file_key key;
	u32 tid;
	u32 pad;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct file_writer);
	__type(value, u8);
} file_writers SEC(".maps");

/* State of a file that all its writing processes share. */
struct file_id {
	u64 inode;
	u32 dev;
	u32 generation;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct file_id);
	__type(value, struct ts_tail);
} file_tails SEC(".maps");

/* Goroutines that have left a line unfinished. */
struct line_part {
	u32 row, tgid;
	u64 goid;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2048);
	__type(key, struct line_part);
	__type(value, u8);
} line_parts SEC(".maps");

/* Go programs, as far as user space knows them. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u32);   /* tgid */
	__type(value, u32); /* offset of goid in runtime.g */
} go_programs SEC(".maps");

#define FILE_RANGES 16 /* a power of two */
struct file_range {
	u64 writer; /* the open file's address; 0: none */
	u64 start, end;
	u64 noted_ns;
};
struct file_ranges {
	u64 taken; /* taken by a writer that reads them */
	u64 next;  /* index to reuse if none is free */
	struct file_range ranges[FILE_RANGES];
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2048);
	__type(key, struct file_id);
	__type(value, struct file_ranges);
} file_ranges SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, struct ts_cfi_key);
	__type(value, struct ts_cfi_row);
} cfi_rows SEC(".maps");

/* Stacks that were sent to user space. A forgotten one is sent again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct ts_stack_key);
	__type(value, u8);
} stacks_seen SEC(".maps");

/* All-zero values to insert: too large for the BPF stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct thread_state);
} zero_thread SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct ts_lock);
} zero_lock SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct file_ranges);
} zero_ranges SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TS_LOSS_COUNT + TS_EVENT_KINDS);
	__type(key, u32);
	__type(value, u64);
} losses SEC(".maps");

/*
 * While a program is preempted, the kernel skips it for every other task on that CPU, and their events are
 * missed. Where possible, programs therefore disable preemption from their first instructions on.
 */
#ifndef TS_WITHOUT_ATOMICS
extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;
#define HOLD_CPU(where)                        \
	do {                                   \
		if (where)                     \
			bpf_preempt_disable(); \
	} while (0)
#define RELEASE_CPU(where)                    \
	do {                                  \
		if (where)                    \
			bpf_preempt_enable(); \
	} while (0)
#else
#define HOLD_CPU(where)
#define RELEASE_CPU(where)
#endif

static __always_inline void lose(u32 what)
{
	u64 *n = bpf_map_lookup_elem(&losses, &what);
	if (n)
		__sync_fetch_and_add(n, 1);
}

/* A record that finds the ring buffer full is counted by its kind. */
static __always_inline void *event_reserve(u64 size, enum ts_event_kind kind)
{
	void *e = bpf_ringbuf_reserve(&events, size, 0);
	if (!e)
		lose(TS_LOSS_COUNT + kind);
	return e;
}

/*
 * Atomic exchange exists since 5.12 (commit 5ffa25502b5a). Older verifiers refuse it even in code that is
 * never reached, so the object is built twice. Without it, simultaneous updates on two CPUs may lose one of
 * them.
 */
#ifdef TS_WITHOUT_ATOMICS
static __always_inline u64 exchange(u64 *where, u64 value)
{
	u64 old = *where;

	*where = value;
	return old;
}

static __always_inline u64 replace_if(u64 *where, u64 old, u64 value)
{
	u64 seen = *where;

	if (seen == old)
		*where = value;
	return seen;
}
#else
static __always_inline u64 exchange(u64 *where, u64 value)
{
	return __sync_lock_test_and_set(where, value);
}

static __always_inline u64 replace_if(u64 *where, u64 old, u64 value)
{
	return __sync_val_compare_and_swap(where, old, value);
}
#endif

static __always_inline void atomic_max(u64 *where, u64 value)
{
	u64 old = *where;

	/* A few tries: each failure means that another CPU has just increased it. */
	for (int i = 0; i < 8 && value > old; i++) {
		u64 seen = replace_if(where, old, value);
		if (seen == old)
			return;
		old = seen;
	}
}

static __always_inline void latency_add(struct ts_latency *l, u64 ns)
{
	u32 bucket = hist_bucket(ns);
	u64 top = (1ULL << TS_MAX_NS_BITS) - 1, now = epoch;

	barrier_var(bucket); /* the verifier must see the check that the compiler would remove */
	if (bucket < TS_HIST_BUCKETS)
		__sync_fetch_and_add(&l->buckets[bucket], 1);
	atomic_max(&l->max_ns, ns);
	atomic_max(&l->interval_max[now & 1], (now << TS_MAX_NS_BITS) | (ns < top ? ns : top));
}

#endif
