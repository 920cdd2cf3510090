/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The value of a Go panic as text, from its copy. Pure. Only what needs no code of the program: an error with
 * its own method has a type and no text.
 */
#ifndef TS_GO_COLLECT_PANIC_VALUE_H
#define TS_GO_COLLECT_PANIC_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/threadscope.h"

#define PANIC_TYPE_BYTES (TS_GO_NAME_BYTES + 1)
#define PANIC_TEXT_BYTES (4 * TS_GO_TEXT_BYTES + PANIC_TYPE_BYTES + 64)

/* "*errors.errorString", as Go's %T; "nil". NULL: unknown. dst holds PANIC_TYPE_BYTES. */
const char *panic_value__type(char *dst, const struct ts_go_value *v);
/* What Go prints after "panic: ", without address and quotes; NULL: unknown. *ret_cut: truncated.
 * type: from panic_value__type. dst holds PANIC_TEXT_BYTES. */
const char *panic_value__text(char *dst, const struct ts_go_value *v, const char *type, bool *ret_cut);

#endif
