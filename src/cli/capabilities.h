/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The capabilities that threadscope needs, or can use, and those that it has. */
#ifndef TS_CLI_CAPABILITIES_H
#define TS_CLI_CAPABILITIES_H

#include <stdbool.h>
#include <stddef.h>

#define CAPABILITIES_BYTES 256

/* Those that are missing: "CAP_BPF (BPF programs), CAP_PERFMON (tracing)"; "": none. Returns buf. */
const char *capabilities__missing(char buf[CAPABILITIES_BYTES]);
/* The same without those for BPF programs: something of other users' processes cannot be read. */
const char *capabilities__missing_for_others(char buf[CAPABILITIES_BYTES]);
bool capabilities__may_see_kernel_addresses(void);

#endif
