/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions that look for findings in an interval: those that the table of findings names. */
#ifndef TS_MODEL_FINDINGS_INTERVAL_FINDERS_H
#define TS_MODEL_FINDINGS_INTERVAL_FINDERS_H

#include "facts/sample.h"
#include "model/findings/findings.h"

struct interval_facts {
	const struct interval_report *report; /* its rows; findings and losses are not there yet */
	const struct sample *before, *now;    /* that it is the difference of */
};

typedef void interval_finder(struct findings *f, const struct interval_facts *facts);

#define FINDING(constant, name, finder, ...) interval_finder finder;
#include "report/findings.def"
#undef FINDING

#endif
