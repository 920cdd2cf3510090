/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes whose panics are observed: probes are attached once the Go program is readable. */
#ifndef TS_GO_COLLECT_PANIC_TARGETS_H
#define TS_GO_COLLECT_PANIC_TARGETS_H

#include "probes/probes.h"
#include "collect/targets/targets.h"

#define PANIC_EXPECTED_MAX 64

struct watched;

/* Initially zeroed except for probes and targets, which are borrowed. */
struct panic_targets {
	struct probes *probes;
	struct targets *targets;
	struct watched *watched;
	struct {
		pid_t pid;
		int tries;
	} expected[PANIC_EXPECTED_MAX];
	size_t expected_count;
};

/* Like the functions of panics.h. */
int panic_targets__watch(struct panic_targets *p, pid_t pid, const char **ret_reason);
void panic_targets__expect(struct panic_targets *p, pid_t pid);
/* Tries the expected ones again. */
void panic_targets__try(struct panic_targets *p);
void panic_targets__unwatch(struct panic_targets *p, pid_t pid);
/* Frees it; the probes stay until they are closed. */
void panic_targets__free(struct panic_targets *p);

#endif
