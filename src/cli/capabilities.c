// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/capabilities.h"

#include <cap-ng.h>
#include <stdio.h>
#include <string.h>

static const struct needed {
	unsigned capability;
	const char *name, *use;
	bool for_bpf; /* CAP_SYS_ADMIN implies it */
} NEEDED[] = {
	{CAP_BPF, "CAP_BPF", "BPF programs", true},
	{CAP_PERFMON, "CAP_PERFMON", "tracing", true},
	{CAP_SYS_PTRACE, "CAP_SYS_PTRACE", "the memory of other processes", false},
	{CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", "files of other users", false},
};

static bool has(unsigned capability)
{
	return capng_have_capability(CAPNG_EFFECTIVE, capability);
}

static const char *list_missing(char *buf, bool with_bpf)
{
	bool admin;

	buf[0] = '\0';
	capng_get_caps_process();
	admin = has(CAP_SYS_ADMIN);
	for (size_t i = 0; i < sizeof(NEEDED) / sizeof(NEEDED[0]); i++) {
		const struct needed *n = &NEEDED[i];
		size_t used = strlen(buf);

		if ((n->for_bpf && (admin || !with_bpf)) || has(n->capability))
			continue;
		snprintf(buf + used, CAPABILITIES_BYTES - used, "%s%s (%s)", used ? ", " : "", n->name,
			 n->use);
	}
	return buf;
}

const char *capabilities__missing(char buf[CAPABILITIES_BYTES])
{
	return list_missing(buf, true);
}

const char *capabilities__missing_for_others(char buf[CAPABILITIES_BYTES])
{
	return list_missing(buf, false);
}

bool capabilities__may_see_kernel_addresses(void)
{
	capng_get_caps_process();
	return has(CAP_SYSLOG) || has(CAP_SYS_ADMIN);
}
