/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The value of a Go panic in words, from what was copied of it. Pure. Only what
 * can be told without running the program's code: of an error with a method of
 * its own there is the type and no text.
 */
#ifndef TS_GO_COLLECT_PANIC_VALUE_H
#define TS_GO_COLLECT_PANIC_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/threadscope.h"

#define PANIC_TYPE_BYTES (TS_GO_NAME_BYTES + 1)
#define PANIC_TEXT_BYTES (4 * TS_GO_TEXT_BYTES + PANIC_TYPE_BYTES + 64)

/* "*errors.errorString", as Go's %T; "nil". NULL: not known. dst holds PANIC_TYPE_BYTES. */
const char *panic_value__type(char *dst, const struct ts_go_value *v);
/* What Go prints of it after "panic: ", without address and quotes; NULL: not known. *ret_cut: there is more.
 * type: from panic_value__type. dst holds PANIC_TEXT_BYTES. */
const char *panic_value__text(char *dst, const struct ts_go_value *v, const char *type, bool *ret_cut);

#endif
