/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of data/go, and the choice among their columns. */
#define GO_TABLES
#include "go/runtime/layout.h"

#include <ctype.h>
#include <stdlib.h>

#include "go/runtime/code.h"

bool go_layout__choose(struct go_layout *l, int minor, bool arm64)
{
	int column = GO_VERSIONS - 1, range = 0;

	if (minor < GO_MINOR_MIN)
		return false;
	memset(l, 0, sizeof(*l));
	l->minor = minor;
	l->arm64 = arm64;
	l->processor = arm64 ? &go_arm64 : &go_amd64;
	for (int i = 0; i < GO_VERSIONS; i++)
		if (go_minor_versions[i] == minor) {
			column = i;
			l->known = true;
		}
	l->column = column;
	for (int i = 0; i < GO_FIELDS; i++)
		l->off[i] = go_offsets[i][column];
	for (int i = 0; i < GO_FUNC_RANGES; i++)
		if (go_func_ranges[i] <= minor)
			range = i;
	for (int i = 0; i < GO_FUNC_COUNT; i++)
		l->func[i] = go_func_ids[i][range];
	for (size_t i = 0; i < sizeof(go_semtable) / sizeof(go_semtable[0]); i++)
		if (go_semtable[i].minor == go_minor_versions[column] &&
		    !strcmp(go_semtable[i].arch, arm64 ? "arm64" : "amd64"))
			l->semtable_stride = go_semtable[i].stride;
	return true;
}

const char *go_layout__wait_reason(const struct go_layout *l, unsigned reason)
{
	return reason < GO_WAIT_REASONS ? go_wait_reasons[reason][l->column] : NULL;
}

int go_version__minor(const char *version)
{
	const char *p = strstr(version, "go1.");
	unsigned long minor;

	if (!p || !isdigit((unsigned char)p[4]))
		return 0;
	minor = strtoul(p + 4, NULL, 10);
	return minor < 1000 ? (int)minor : 0;
}

int go_layout__newest(void)
{
	return go_minor_versions[GO_VERSIONS - 1];
}
