/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the functions on a stack do with a semaphore, by their code: unwind/taking.h. */
#ifndef TS_COLLECT_WAITERS_TAKING_CODE_H
#define TS_COLLECT_WAITERS_TAKING_CODE_H

#include "collect/waiters/holding_code.h"
#include "unwind/taking.h"

/* What the frame's function has done with it by the place where it is. */
enum taking taking_code__until(struct holding_codes *c, struct target *t, const struct frame_state *f,
			       uint64_t semaphore);
/* What it does from there, if it holds it there. zero: it has just been told so by a 0. */
enum taking taking_code__after(struct holding_codes *c, struct target *t, const struct frame_state *f,
			       uint64_t semaphore, bool zero);
/* Whether the address is in the C library, or the dynamic loader. */
bool taking_code__of_c_library(struct target *t, uint64_t pc);

#endif
