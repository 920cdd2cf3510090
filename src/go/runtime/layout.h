/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Differences between Go versions: offsets, wait reasons, function IDs (data/go). */
#ifndef TS_GO_RUNTIME_LAYOUT_H
#define TS_GO_RUNTIME_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "go_tables.inc"
#include "util/raw.h"

struct go_layout {
	int minor;  /* 24 for go1.24: of the program, which may be newer than the tables */
	bool known; /* the tables have this version */
	bool arm64; /* else amd64 */
	const struct go_processor *processor;
	int32_t off[GO_FIELDS]; /* bytes; -1: that version has no such field */
	int16_t func[GO_FUNC_COUNT];
	int semtable_stride;
	int column;
};

/* The oldest supported version. */
#define GO_MINOR_MIN 17

/* The version's own column, or the newest one for a later version. False: too old. */
bool go_layout__choose(struct go_layout *l, int minor, bool arm64);
/* Text of g.waitreason; NULL if the tables have none. */
const char *go_layout__wait_reason(const struct go_layout *l, unsigned reason);
/* "go1.24.4", "devel go1.28-abc", "go1.22.1 X:boring" -> 24, 28, 22; 0: no version. */
/* The newest minor version of the tables. */
int go_layout__newest(void);
int go_version__minor(const char *version);

#endif
