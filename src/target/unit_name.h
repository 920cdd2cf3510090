/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_TARGET_UNIT_NAME_H
#define TS_TARGET_UNIT_NAME_H

#include <stdbool.h>

#define UNIT_NAME 128

/*
 * What a process belongs to, from the text of its /proc/PID/cgroup, version 1 or 2: its container as the
 * runtime and 12 digits of the ID ("docker-0123456789ab"), else its systemd unit ("nginx.service"). false:
 * neither is there. Bytes of it are the system's: escape before printing.
 */
bool unit_name__find(const char *cgroup, char ret[UNIT_NAME]);

#endif
