/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this kernel can do, found by trying it: a small program is loaded (and
 * where it matters attached), never a version number compared.
 */
#ifndef TS_FEATURES_H
#define TS_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

enum write_hook { WRITE_FENTRY, WRITE_TP_BTF, WRITE_TRACEPOINT, WRITE_HOOKS };
enum storage_kind { STORAGE_TASK, STORAGE_HASH, STORAGE_KINDS };
enum iterator_kind { ITERATOR_SLEEPABLE, ITERATOR_PLAIN, ITERATOR_KINDS };

/* One thing tried. error: 0 works, else a negative errno. */
struct trial {
	const char *name;   /* "fentry on system calls" */
	const char *since;  /* kernel and commit that brought it */
	const char *needed; /* what it is for */
	int error;
	bool required; /* nothing works without it */
};

enum trial_id {
	TRIAL_BTF,
	TRIAL_LOAD, /* may we load a tracing program at all */
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
	TRIAL_COPY_FROM_USER_TASK,
	TRIAL_UPROBE,
	TRIALS,
};

struct features {
	struct trial trials[TRIALS];
	enum write_hook writes;
	enum storage_kind storage;
	enum iterator_kind iterator;
	bool tracepoints_preemptible; /* their programs may be preempted */
	int libbpf_major, libbpf_minor;
};

/* Hooks asked for by name on the command line; -1: the best that works. */
struct hook_wishes {
	int writes, storage, iterator;
};
#define HOOK_WISHES_NONE ((struct hook_wishes){-1, -1, -1})

/*
 * quick: leave out what a snapshot does not need.
 * 0; -EOPNOTSUPP: a wished hook does not work here or a required one is
 * missing (f tells which); -EPERM: not allowed to load programs.
 */
int features__find(struct features *f, const struct hook_wishes *wishes, bool quick);
/* Puts a uprobe into ourselves, at a place that is never reached. 0 or a negative errno. */
int features__try_uprobe(void);
bool features__works(const struct features *f, enum trial_id id);

/* "writes", "fentry" -> sets a wish. -EINVAL: no such hook or choice. */
int hook_wishes__set(struct hook_wishes *w, const char *hook, const char *choice);
const char *write_hook__name(enum write_hook w);
const char *storage_kind__name(enum storage_kind s);
const char *iterator_kind__name(enum iterator_kind i);

#endif
