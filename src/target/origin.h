/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a process is: its command line or title, its container or unit, its age. */
#ifndef TS_TARGET_ORIGIN_H
#define TS_TARGET_ORIGIN_H

#include "target/process.h"
#include "target/unit_name.h"

#define COMMAND_BYTES 512

/*
 * Its arguments with a blank in between, or the title that it has set in their place ("nginx: worker
 * process"): *ret_titled. "..." at the end: there is more. 0 or a negative errno. -ENODATA: it has none;
 * -ETIMEDOUT: reading waits for the lock of its memory, which it did not give up in time.
 */
int process__command(const struct process *p, char ret[COMMAND_BYTES], bool *ret_titled);
/* The same of a process that is not opened. */
int pid__command(pid_t pid, char ret[COMMAND_BYTES], bool *ret_titled);
/* Both from the text of its file. True: not empty. */
bool command__join(const char *text, size_t length, char ret[COMMAND_BYTES], bool *ret_titled);

/* Its container or systemd unit (unit_name.h), as it was when it was first asked for; NULL: neither, or not
 * known. Owned by p. */
const char *process__unit(struct process *p);
/* The same now, of a process that is not opened; "": neither, or not known. */
void pid__unit(pid_t pid, char ret[UNIT_NAME]);

/* How long ago it was started; 0: not known. */
uint64_t process__uptime_ns(const struct process *p);

#endif
