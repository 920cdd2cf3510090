/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first report of top: one look at the targets, as a snapshot takes it, before the probes are attached.
 */
#ifndef TS_CLI_FIRST_LOOK_H
#define TS_CLI_FIRST_LOOK_H

#include "cli/session.h"
#include "report/report.h"

struct first_look;

/* Looks at the targets that exist. NULL: no target, or not possible here; what follows says why. Its symbols
 * are those of the next sample, too, if it is freed after that one: each file is then read, and paid for,
 * once. */
struct first_look *first_look__take(const struct session *s);
const struct interval_report *first_look__report(const struct first_look *l); /* owned by l */
/* What the samples that follow cannot see: collector__take_ages. */
void first_look__give_ages(const struct first_look *l, struct collector *to);
void first_look__free(struct first_look *l); /* NULL is fine */

#endif
