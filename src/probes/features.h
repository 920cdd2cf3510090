/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Features of this kernel, found by trying: a small program is loaded, and attached where that matters;
 * versions are not compared.
 */
#ifndef TS_PROBES_FEATURES_H
#define TS_PROBES_FEATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum write_hook { WRITE_FENTRY, WRITE_TP_BTF, WRITE_TRACEPOINT, WRITE_HOOKS };
enum storage_kind { STORAGE_TASK, STORAGE_HASH, STORAGE_KINDS };
enum uring_hook { URING_TRACEPOINTS, URING_NONE, URING_HOOKS };
enum iterator_kind { ITERATOR_OF_SNAPSHOT, ITERATOR_PLAIN, ITERATOR_KINDS };

/* One thing tried. error: 0 works, else a negative errno. */
struct trial {
	const char *name;   /* "fentry on system calls" */
	const char *since;  /* kernel and commit that brought it */
	const char *needed; /* what it is for */
	int error;
	bool required; /* threadscope does not work without it */
};

enum trial_id {
	TRIAL_BTF,
	TRIAL_LOAD, /* permission to load a tracing program */
	TRIAL_READ_KERNEL,
	TRIAL_TP_BTF,
	TRIAL_FENTRY,
	TRIAL_TRACEFS,
	TRIAL_TASK_STORAGE,
	TRIAL_CURRENT_BTF,
	TRIAL_TASK_PT_REGS,
	TRIAL_ATOMICS,
	TRIAL_SWITCH_STATE,
	TRIAL_PREEMPT_GUARD,
	TRIAL_RDONLY_CAST,
	TRIAL_ITERATOR,
	TRIAL_LIGHT,
	TRIAL_UPROBE,
	TRIAL_URING,
	TRIAL_UNIX_SOCKETS,
	TRIAL_DEVICE_WRITERS, /* made by probes__try alone */
	TRIALS,
};

/* io_uring's tracepoints of this kernel. */
struct uring_layout {
	bool absent;          /* the kernel has no io_uring at all: nothing to see */
	bool submit_req;      /* the submission's name is io_uring_submit_req, else io_uring_submit_sqe */
	uint32_t request_at;  /* which argument of it is the request */
	uint32_t complete_as; /* enum uring_complete of bpf/maps.bpf.h */
	bool by_user_data;    /* a completion does not identify its request */
};

/* Where btrfs has the number of a file's subvolume. */
struct btrfs_layout {
	bool known; /* the module is loaded, or built in */
	uint32_t inode_at, root_at, root_id_at;
};

struct features {
	struct trial trials[TRIALS];
	enum write_hook writes;
	enum storage_kind storage;
	enum iterator_kind iterator;
	enum uring_hook uring_hook;
	bool tracepoints_preemptible; /* their programs may be preempted */
	struct uring_layout uring;    /* valid if TRIAL_URING works */
	struct btrfs_layout btrfs;
	int libbpf_major, libbpf_minor;
};

/* Hooks requested on the command line; -1: the best that works. */
struct hook_wishes {
	int writes, storage, iterator, uring;
};
#define HOOK_WISHES_NONE ((struct hook_wishes){-1, -1, -1, -1})

/*
 * quick: skip trials that a snapshot does not need. 0; -EOPNOTSUPP: a requested hook does not work or a
 * required one is missing (see f); -EPERM: not allowed to load programs.
 */
int features__find(struct features *f, const struct hook_wishes *wishes, bool quick);
/* Attaches a uprobe to threadscope itself, at a place that is never reached. 0 or a negative errno. */
int features__try_uprobe(void);
bool features__works(const struct features *f, enum trial_id id);

/* Sets a choice, such as "writes", "fentry". -EINVAL: no such hook or choice. */
int hook_wishes__set(struct hook_wishes *w, const char *hook, const char *choice);
const char *write_hook__name(enum write_hook w);
const char *storage_kind__name(enum storage_kind s);
const char *iterator_kind__name(enum iterator_kind i);
const char *uring_hook__name(enum uring_hook u);
/* Requests of io_uring are possible but not observed. */
bool features__uring_hidden(const struct features *f);

#endif
