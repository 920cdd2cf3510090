/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two ends of a pseudoterminal: /dev/pts/N, and the descriptor of ptmx that made it. */
#ifndef TS_TARGET_TERMINALS_H
#define TS_TARGET_TERMINALS_H

#include "target/open_files.h"

/* The number in "/dev/pts/3". False: the link is another one. */
bool terminal__of_slave(const char *link, uint64_t *ret);
/* The number of the terminal whose master the descriptor is, from fdinfo. False: it is not a master. */
bool terminal__of_master(struct open_end e, uint64_t *ret);
/* Numbers are each devpts' own: whether both ends are of the same one, which a container does not share with
 * the host. */
bool terminals__same_instance(struct open_end master, struct open_end slave);

#endif
