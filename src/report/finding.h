/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is the matter: a finding, and what is known of each kind of them (findings.def). */
#ifndef TS_REPORT_FINDING_H
#define TS_REPORT_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum finding_kind {
#define FINDING(constant, ...) FINDING_##constant,
#include "report/findings.def"
#undef FINDING
	FINDING_KINDS
};

enum severity {
	SEVERITY_USUAL, /* the one that the table has for the kind */
	SEVERITY_INFO,
	SEVERITY_WARNING,
	SEVERITY_CRITICAL,
	SEVERITIES
};

/* What reports it: bits. */
enum finding_reporter {
	IN_TOP = 1,
	IN_LOGS = 2,
	IN_SNAPSHOT = 4,
	IN_SERIES = 8,      /* several snapshots, and no single one */
	ONLY_ON_FILES = 16, /* with IN_LOGS: not where it is about no file */
};

struct finding_type {
	const char *name;
	unsigned reporters; /* enum finding_reporter */
	enum severity severity;
	const char *otherwise; /* when it has another severity; "": never */
	const char *meaning;
	const char *tids; /* what a finding's tids are; "": it has none */
	const char *next; /* what to do next */
};

extern const struct finding_type FINDING_TYPES[FINDING_KINDS];

/* As promised in JSON: "thread-growth". */
const char *finding_kind__name(enum finding_kind kind);
/* The kind of that name, of length bytes. -ENOENT: unknown name. */
int finding_kind__find(const char *name, size_t length, enum finding_kind *ret);
/* As promised in JSON: "warning". */
const char *severity__name(enum severity severity);

struct finding {
#include "report/rows/members.h"
#include "report/rows/finding.def"
};

/* Whether it follows from that one. cause: NULL is fine. */
bool finding__follows(const struct finding *f, const struct finding *cause);
/* A finding on writes and syncs: the view on logs shows it. */
bool finding__of_logs(const struct finding *f);

#endif
