/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel side: open, choose, attach, read, close. Only src/probes includes libbpf or the skeleton
 * (features.c tries what the kernel supports). Functions return 0 or a negative errno and print nothing.
 */
#ifndef TS_PROBES_PROBES_H
#define TS_PROBES_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bpf/device_writers.h"
#include "bpf/threadscope.h"
#include "probes/features.h"

struct probes;

enum probes_targets {
	PROBES_ONE,  /* one process, given by probes__add_target */
	PROBES_SET,  /* several, or a command with its children */
	PROBES_NAME, /* by name, also those that start later */
	PROBES_ALL,
};

struct probes_options {
	enum probes_targets targets;
	const char *const *globs; /* PROBES_NAME */
	size_t glob_count;
	bool snapshot; /* only the thread pass, nothing stays attached */
	bool panics;   /* of Go programs: needed for probes__watch_panics */
	bool calls;    /* opens, reads, connects ... timed by call and place */
	bool events;   /* creations, exits, slow calls and long waits one by one */
	uint64_t slow_io_ns, min_wait_ns;
	struct hook_wishes wishes;
};

/* Only tries what the kernel supports, like features__find. */
int probes__try(struct features *f, const struct hook_wishes *wishes);
/* Opens and loads; nothing runs yet. -EPERM, -EOPNOTSUPP (see features__find), -E2BIG, -EINVAL: globs;
 * -ENOEXEC: the kernel's verifier refuses a program; -ENOMEM; -EMFILE, -ENFILE: no more descriptors. */
int probes__open(const struct probes_options *o, struct features *f, struct probes **ret);
/* Detaches and frees everything; accepts NULL. */
void probes__close(struct probes *p);

/* pid: of a process, as threadscope sees it. follow: its children become targets too. Before probes__attach.
 */
int probes__add_target(struct probes *p, pid_t pid, bool follow);
int probes__attach(struct probes *p);
/* It has ended before it was observed: another process may have the number now. */
void probes__drop_target(struct probes *p, pid_t pid);
/* How long opening, loading and attaching took. */
uint64_t probes__attach_ns(const struct probes *p);
/* Kernel memory of its maps; 0: unknown. */
uint64_t probes__maps_bytes(const struct probes *p);

/* ---- the pass over threads ------------------------------------------------ */
#define PASS_KERNEL_STACKS         1u
#define PASS_TELLING_KERNEL_STACKS 4u /* only in uninterruptible sleep, and in writes and syncs */
/* Without them a snapshot's pass only shows which threads have run since another one. */
#define PASS_REGISTERS 2u

struct thread_sink {
	void (*pass)(void *arg, const struct ts_pass *pass);
	/* kstack: thread->kstack_frames entries. Valid during the call. */
	void (*thread)(void *arg, const struct ts_thread *thread, const uint64_t *kstack);
	void *arg;
};
/* The iterator in use: that of a snapshot, which needs only_pid, or the plain one. */
enum iterator_kind probes__iterator(const struct probes *p);
/* only_pid: visits only threads of that process, if the kernel supports it (6.1); 0: all targets. */
int probes__pass(struct probes *p, unsigned flags, pid_t only_pid, const struct thread_sink *sink);

/* ---- cgroups that hold threads up ------------------------------------------ */
/* Whether the records of a pass have them, so that probes__causes is not needed. */
bool probes__pass_has_causes(const struct probes *p);
typedef void (*cause_fn)(void *arg, const struct ts_cause *c);
/* The cgroups of threads of a process that are frozen or have no memory left now. */
int probes__causes(struct probes *p, pid_t pid, cause_fn fn, void *arg);

/* ---- open sockets ---------------------------------------------------------- */
/* True: no more are wanted. */
typedef bool (*socket_fn)(void *arg, const struct ts_socket *s);
/* Each socket that a process has open, of any network namespace; one may come more than once. */
int probes__sockets(struct probes *p, pid_t pid, socket_fn fn, void *arg);

/* "function+0x10/0x20 [module]" of a kernel address, or the bare address if it is in no function.
 * -EOPNOTSUPP: look into /proc/kallsyms instead. */
int probes__kernel_symbol(struct probes *p, uint64_t address, char *buf, size_t size);

/* ---- totals ---------------------------------------------------------------- */
struct totals_sink { /* any may be NULL; pointers are valid during the call */
	void (*process)(void *arg, uint32_t tgid, const struct ts_process *t);
	void (*creator)(void *arg, const struct ts_stack_key *k, const struct ts_creator *t);
	void (*lock)(void *arg, const struct ts_lock_key *k, const struct ts_lock *t);
	void (*file)(void *arg, const struct ts_file_key *k, const struct ts_file *t);
	void (*request)(void *arg, const struct ts_request_key *k, const struct ts_request *t);
	void (*part)(void *arg, const struct ts_io_part_key *k, const struct ts_io_part *t);
	void (*slowest)(void *arg, const struct ts_io_slowest_key *k, const struct ts_io_slowest *t);
	/* Timed calls: rows of those that have ended, and after them what each thread is in. */
	void (*call)(void *arg, const struct ts_call_key *k, const struct ts_call *t);
	void (*call_now)(void *arg, const struct ts_call_now *t);
	void *arg;
};
int probes__totals(struct probes *p, const struct totals_sink *sink);
/* Begins the next interval for ts_latency.interval_max; returns the number of the one that ended. */
uint64_t probes__next_epoch(struct probes *p);
/* Timed calls that are in no row of their own, since attach. */
uint64_t probes__lost_calls(const struct probes *p);
void probes__losses(struct probes *p, uint64_t ret[TS_LOSS_COUNT]);
/* Events that found the ring buffer full, since attach, by enum ts_event_kind. Stacks are not among them. */
void probes__lost_events(struct probes *p, uint64_t ret[TS_EVENT_KINDS]);
/*
 * Time that the BPF programs take per second, in ns, measured over a window of that length, for which the
 * call waits. The kernel's counting costs more than the programs, so it is not left on. UINT64_MAX: the
 * kernel does not count.
 */
uint64_t probes__bpf_ns_per_s(struct probes *p, uint64_t window_ns);

/* Frees the room in the maps of rows that are over or no longer needed. */
void probes__forget_lock(struct probes *p, const struct ts_lock_key *k);
/* seen: its totals as read; later counts go to the process's overflow row. NULL: the process has ended, or
 * the file is not selected. */
void probes__forget_file(struct probes *p, const struct ts_file_key *k, const struct ts_file *seen);
void probes__forget_part(struct probes *p, const struct ts_io_part_key *k);
void probes__forget_slowest(struct probes *p, const struct ts_io_slowest_key *k);
void probes__forget_call(struct probes *p, const struct ts_call_key *k);
/* The kernel stack at which a call blocked, innermost first. Returns the number of pcs; 0: unknown. */
size_t probes__io_stack(struct probes *p, int32_t id, uint64_t pcs[TS_IO_FRAMES]);
void probes__forget_creator(struct probes *p, const struct ts_stack_key *k);
/* It is announced again when it is seen again. */
void probes__forget_stack(struct probes *p, const struct ts_stack_key *k);
void probes__forget_request(struct probes *p, const struct ts_request_key *k);
void probes__forget_process(struct probes *p, uint32_t tgid);

/* ---- Go programs: whose goroutines write --------------------------------------- */
/* From now on its writers are goroutines, not threads. goid_at: offset of goid in its runtime.g. */
int probes__add_go(struct probes *p, uint32_t tgid, uint32_t goid_at);
/* Drops what was counted as torn of a file. */
void probes__forget_torn(struct probes *p, const struct ts_file_key *k);

/* ---- panics of Go programs -------------------------------------------------- */
/* Offsets into the program's file, 0: none. The instruction there must be a conditional jump to
 * runtime.morestack in runtime.gopanic and runtime.recovery, and the call of runtime.fatalpanic. */
struct panic_sites {
	uint64_t panic, fatal, recovery, throws, fatals;
};
/*
 * Attaches probes to a running process, for TS_EVENT_PANIC and TS_EVENT_PANIC_END. They cost it time only
 * when it panics. -EPERM, -ENOENT: the kernel has no uprobes, -EINVAL, -ESRCH.
 */
int probes__watch_panics(struct probes *p, pid_t pid, const struct panic_sites *at,
			 const struct ts_go_target *target);
/* Detaches them; the process may have ended, or never have been observed. */
void probes__unwatch_panics(struct probes *p, pid_t pid);

/* ---- what processes write to each device ------------------------------------ */
/*
 * Loads and attaches the programs that count it, if they are not. They see what every process of the machine
 * writes, so they stay attached only while somebody wants to know. -EOPNOTSUPP: this kernel lacks a hook.
 */
int probes__watch_devices(struct probes *p);
void probes__unwatch_devices(struct probes *p);
typedef void (*device_writer_fn)(void *arg, const struct ts_device_writer_key *k,
				 const struct ts_device_writer *w);
/* While they are watched: what was counted since it was last taken; */
int probes__take_device_writers(struct probes *p, device_writer_fn fn, void *arg);
/* and bytes that found no room in the table since then. */
uint64_t probes__lost_device_bytes(const struct probes *p);

/* ---- unwind rules and events ------------------------------------------------ */
int probes__add_row(struct probes *p, const struct ts_cfi_key *k, const struct ts_cfi_row *row);
void probes__remove_row(struct probes *p, const struct ts_cfi_key *k);

typedef void (*event_fn)(void *arg, const struct ts_event *e, size_t size);
/* Readable when there are events, for poll. */
int probes__event_fd(const struct probes *p);
/* Handles all pending events. Returns their number or a negative errno. */
int probes__events(struct probes *p, event_fn fn, void *arg);

#endif
