/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the fields of one CPython's structures are: data/python, and the process's own table from 3.13 on. */
#ifndef TS_PYTHON_RUNTIME_LAYOUT_H
#define TS_PYTHON_RUNTIME_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "python_tables.inc"

#include "python/runtime/memory.h"

/* The first minor version that has _Py_DebugOffsets at the start of _PyRuntime. */
#define PYTHON_OWN_TABLE 13

struct python_layout {
	unsigned minor;
	bool free_threaded;
	int32_t off[PY_FIELDS]; /* -1: the version lacks the field */
};

/* The column of a minor version. False: the table has no column for it. */
bool python_layout__choose(struct python_layout *l, unsigned minor);
/* Overrides it by the table at runtime. False: it is not one, or its values cannot be. */
bool python_layout__own(struct python_layout *l, const struct python_memory *m, uint64_t runtime);

#endif
