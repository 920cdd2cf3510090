/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a thread does not run although nothing that it does keeps it. Pure. */
#ifndef TS_WAITS_HALT_H
#define TS_WAITS_HALT_H

#include "facts/sample.h"

enum halt_reason halt__reason(const struct sample_thread *t);
/* "SIGSTOP"; NULL: none that stops. */
const char *stop_signal_name(unsigned signal);
/* "SCHED_IDLE"; NULL: not known. */
const char *policy_name(unsigned policy);

#endif
