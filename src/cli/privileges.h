/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each of threadscope's processes gives up. docs/security.md has the same as a table, which a test
 * compares with /proc/PID/status.
 */
#ifndef TS_CLI_PRIVILEGES_H
#define TS_CLI_PRIVILEGES_H

#include <stdbool.h>

/* Every capability, in all sets, for ever. What is open stays open. */
void privileges__drop(void);
/* All but those that attaching and reading need. command: it has a command, which may belong to another user,
 * to end. uprobes: it goes on attaching them. */
void privileges__keep_for_collecting(bool command, bool uprobes);
/* All but those and what else a collector is started with: who starts several. screen: and writes its files.
 */
void privileges__keep_for_starting(bool screen);
/* All but those for counting the time of BPF programs, and for creating files in folders of others. */
void privileges__keep_for_monitor(bool counts, bool writes);

#endif
