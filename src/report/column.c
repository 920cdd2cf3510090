// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/column.h"

static const struct column PROCESSES[] = {
#include "report/columns/columns.h"
#include "report/columns/processes.def"
};
static const struct column THREADS[] = {
#include "report/columns/columns.h"
#include "report/columns/threads.def"
};
static const struct column LOCKS[] = {
#include "report/columns/columns.h"
#include "report/columns/locks.def"
};
static const struct column CREATORS[] = {
#include "report/columns/columns.h"
#include "report/columns/creators.def"
};
static const struct column FILES[] = {
#include "report/columns/columns.h"
#include "report/columns/files.def"
};
static const struct column CALLS[] = {
#include "report/columns/columns.h"
#include "report/columns/calls.def"
};
static const struct column LOG_CALLS[] = {
#include "report/columns/columns.h"
#include "report/columns/log_calls.def"
};
static const struct column GO_GROUPS[] = {
#include "report/columns/columns.h"
#include "report/columns/go_groups.def"
};
static const struct column GO_CREATORS[] = {
#include "report/columns/columns.h"
#include "report/columns/go_creators.def"
};
static const struct column TIMED_CALLS[] = {
#include "report/columns/columns.h"
#include "report/columns/timed_calls.def"
};
static const struct column SCREEN_THREADS[] = {
#include "report/columns/columns.h"
#include "report/columns/screen_threads.def"
};
static const struct column SCREEN_STACKS[] = {
#include "report/columns/columns.h"
#include "report/columns/screen_stacks.def"
};

#define TABLE(list)                                    \
	{                                              \
		list, sizeof(list) / sizeof((list)[0]) \
	}
static const struct {
	const struct column *list;
	size_t count;
} TABLES[COLUMN_TABLES] = {
	[COLUMNS_OF_PROCESSES] = TABLE(PROCESSES),
	[COLUMNS_OF_THREADS] = TABLE(THREADS),
	[COLUMNS_OF_LOCKS] = TABLE(LOCKS),
	[COLUMNS_OF_CREATORS] = TABLE(CREATORS),
	[COLUMNS_OF_FILES] = TABLE(FILES),
	[COLUMNS_OF_CALLS] = TABLE(CALLS),
	[COLUMNS_OF_LOG_CALLS] = TABLE(LOG_CALLS),
	[COLUMNS_OF_GO_GROUPS] = TABLE(GO_GROUPS),
	[COLUMNS_OF_GO_CREATORS] = TABLE(GO_CREATORS),
	[COLUMNS_OF_TIMED_CALLS] = TABLE(TIMED_CALLS),
	[COLUMNS_OF_SCREEN_THREADS] = TABLE(SCREEN_THREADS),
	[COLUMNS_OF_SCREEN_STACKS] = TABLE(SCREEN_STACKS),
};

const struct column *columns__of(enum column_table table, size_t *ret_count)
{
	*ret_count = TABLES[table].count;
	return TABLES[table].list;
}

unsigned columns__needs(void)
{
	unsigned needs = 0;

	for (size_t i = 0; i < COLUMN_TABLES; i++)
		for (size_t k = 0; k < TABLES[i].count; k++)
			needs |= TABLES[i].list[k].needs;
	return needs;
}
