/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who writes most to the devices that hold up writes and syncs. */
#ifndef TS_COLLECT_DEVICES_H
#define TS_COLLECT_DEVICES_H

#include "facts/sample.h"
#include "probes/probes.h"

struct devices;

struct devices *devices__new(struct probes *p);
void devices__free(struct devices *d); /* accepts NULL */
/*
 * Fills the devices of s, whose threads have kernel stacks and whose files have their slow calls. Writers are
 * counted from the first sample on that shows a call that is held up, until none has been for a while.
 */
void devices__find(struct devices *d, struct sample *s);
/* How often it has begun or ended to count. */
unsigned devices__changes(const struct devices *d);

#endif
