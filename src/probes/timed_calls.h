/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls that top --calls times, by their numbers on this architecture. */
#ifndef TS_PROBES_TIMED_CALLS_H
#define TS_PROBES_TIMED_CALLS_H

#include "bpf/threadscope.h"

/* By number: enum ts_call_form, with TS_CALL_BYTES. */
void timed_calls__forms(__u8 ret[TS_CALL_NUMBERS]);

#endif
