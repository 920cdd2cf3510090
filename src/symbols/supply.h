/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Separate debug files. Who reads ELF files (debug_file.h) opens none: it says what it wants, and the
 * collector, which has the rights, looks where such files may lie. A wish is hostile: it comes from the bytes
 * of a target's file, by way of a process that has parsed them.
 */
#ifndef TS_SYMBOLS_SUPPLY_H
#define TS_SYMBOLS_SUPPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "target/process.h"

#define SUPPLY_TEXT_MAX 4000
#define SUPPLY_ID_MAX   64

enum supply_kind {
	SUPPLY_BUILD_ID,    /* /usr/lib/debug/.build-id/NN/NN.debug */
	SUPPLY_LINK_BESIDE, /* of .gnu_debuglink: in the folder of the module */
	SUPPLY_LINK_BELOW,  /* in its .debug */
	SUPPLY_LINK_AWAY,   /* in the same folder below /usr/lib/debug */
	SUPPLY_ALT,         /* of .gnu_debugaltlink: a path, from the module's folder if it is relative */
	SUPPLY_SERVER,      /* of a debuginfod server, by build ID */
};

struct supply_wish {
	uint32_t kind;
	uint32_t length;                /* of the text */
	bool host;                      /* below the host's own /usr/lib/debug instead of the target's root */
	char text[SUPPLY_TEXT_MAX + 1]; /* a build ID, a file's name, or a path */
};

/*
 * Opens what is wished for the module that p (which may be NULL) sees at path. A descriptor of what begins as
 * an ELF file, or a negative errno; -EINVAL: there is no such wish.
 */
int supply__open(const struct process *p, const char *path, const struct supply_wish *w);

/* In a process without rights of its own: asks fn instead. */
void supply__by(int (*fn)(const struct supply_wish *w));
/* By that fn, or by this process itself. */
int supply__get(const struct process *p, const char *path, const struct supply_wish *w);

#endif
