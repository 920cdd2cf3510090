/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the words of a function's name say of a wait in it. Pure. */
#ifndef TS_WAITS_NAME_WORDS_H
#define TS_WAITS_NAME_WORDS_H

enum name_says {
	NAME_SAYS_NOTHING, /* "serve_request" */
	NAME_SAYS_WAIT,    /* only that it waits: "cond_wait", "nap"; its caller says more */
	NAME_SAYS_LOCK,    /* "take_spin_lock", "LockManager::Acquire" */
	NAME_SAYS_WORK,    /* a worker's loop, or its way to the next job: "next_job", "worker_loop" */
};

/* Of the function's own name and that of its type; not of modules, packages and namespaces. Words end at a
 * change of case, a digit or any other character. */
enum name_says name__says(const char *function);

#endif
