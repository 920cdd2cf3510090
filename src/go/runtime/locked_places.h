/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which locks are held at a place of the program's code, cached. */
#ifndef TS_GO_RUNTIME_LOCKED_PLACES_H
#define TS_GO_RUNTIME_LOCKED_PLACES_H

#include "go/runtime/code.h"
#include "go/runtime/holders.h"
#include "go/runtime/locking.h"
#include "go/runtime/reader.h"

#define GO_HELD_KEPT 4 /* of one place */

struct go_locking;

struct go_locking *go_locking__new(struct goroutines *r);
/* The locks that the function at pc holds or has released; locked_at are addresses. *ret is valid until the
 * next call. */
size_t go_locking__at(struct goroutines *r, struct go_locking *l, uint64_t pc, bool is_return,
		      const struct go_held **ret);

#endif
