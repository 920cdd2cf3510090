// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/finding.h"

#include <errno.h>
#include <string.h>

#include "thresholds.h"

#define AS_TEXT(x) #x
#define IN_TEXT(x) AS_TEXT(x)

const struct finding_type FINDING_TYPES[FINDING_KINDS] = {
#define FINDING(constant, name, finder, ...) [FINDING_##constant] = {name, __VA_ARGS__},
#include "report/findings.def"
#undef FINDING
};

const char *finding_kind__name(enum finding_kind kind)
{
	return FINDING_TYPES[kind].name;
}

int finding_kind__find(const char *name, size_t length, enum finding_kind *ret)
{
	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++) {
		const char *other = FINDING_TYPES[kind].name;

		if (strlen(other) != length || memcmp(other, name, length) != 0)
			continue;
		*ret = kind;
		return 0;
	}
	return -ENOENT;
}

const char *severity__name(enum severity severity)
{
	static const char *const names[SEVERITIES] = {
		[SEVERITY_USUAL] = "",
		[SEVERITY_INFO] = "info",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_CRITICAL] = "critical",
	};

	return names[severity];
}

bool finding__follows(const struct finding *f, const struct finding *cause)
{
	return f->follows && cause && !cause->follows && cause->cluster == f->cluster;
}

bool finding__of_logs(const struct finding *f)
{
	unsigned reporters = FINDING_TYPES[f->kind].reporters;

	return reporters & IN_LOGS && (!(reporters & ONLY_ON_FILES) || f->path);
}
