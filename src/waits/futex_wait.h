/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kind of a futex wait, from its frames and its operation. Pure. */
#ifndef TS_WAITS_FUTEX_WAIT_H
#define TS_WAITS_FUTEX_WAIT_H

#include <stdbool.h>

#include "facts/kinds.h"
#include "facts/stack.h"

enum lock_form { /* the library that laid it out */
		 FORM_UNKNOWN,
		 FORM_GLIBC,
		 FORM_MUSL,
		 FORM_KERNEL, /* priority inheritance: the word holds the owner's TID, in any library */
		 FORM_INNER,  /* an internal lock of a C library, without an owner */
		 FORM_FILE,   /* of stdio, whose owner glibc and musl keep in their own ways */
		 FORM_MUSL_FILE,
		 FORM_MALLOC,      /* of a heap: as FORM_INNER */
		 FORM_ONCE,        /* a word that says whether something has been initialized */
		 FORM_GUARD,       /* the same of a static variable of a C++ function */
		 FORM_RUST,        /* of std::sync */
		 FORM_PARKING_LOT, /* waits on a word of the thread's own */
};

struct futex_wait {
	enum wait_kind kind; /* WAIT_FUTEX: not classified */
	enum lock_form form;
};

/* args: the system call's six. frames: the user stack, innermost first; may be NULL with count 0. */
struct futex_wait futex_wait__classify(long syscall, const uint64_t *args, const struct frame *frames,
				       size_t count);
/* What the form calls a lock of that kind: "std::sync::Mutex"; NULL: nothing of its own. */
const char *lock_form__type(enum lock_form form, enum lock_kind kind);
/* Whether a lock of that type is given back by whatever is stored in it. */
bool lock_type__is_once(const char *type);
/* Whether the function is one in which such a lock is waited for: it returns with the lock. */
bool futex_wait__is_lock(const char *function);
/* Whether a futex call waits. */
bool futex_wait__is(long syscall);
bool futex_wait__timed(long syscall, const uint64_t *args);
/* The word, 0 if it is not among the arguments, as with futex_waitv's list. */
uint64_t futex_wait__word(long syscall, const uint64_t *args);
/* futex_waitv's list: its address and number of entries; 0 for other calls. */
uint64_t futex_wait__list(long syscall, const uint64_t *args, size_t *ret_count);
/* Number of the plain futex call. */
long futex_wait__syscall(void);

#endif
