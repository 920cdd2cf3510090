/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --ready-file: an empty file that says that the probes are attached. */
#ifndef TS_CLI_READY_FILE_H
#define TS_CLI_READY_FILE_H

/* One that was there stays as it is. 0 or a negative errno: -ELOOP, -EPERM as whole_file__check. */
int ready_file__make(const char *path);

#endif
