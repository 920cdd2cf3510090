// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/calls.h"

#include <string.h>

#define FOREIGN_END CALL_FOREIGN(1000)

static const char *const NAMES[CALLS_ARM64 + 1][512] = {
#define X86_64(nr, name) [CALLS_X86_64][nr] = #name,
#define ARM64(nr, name)  [CALLS_ARM64][nr] = #name,
#include "calls.inc"
};
#define CALLS_END ((long)(sizeof(NAMES[0]) / sizeof(NAMES[0][0])))

static bool is_foreign(long nr)
{
	return nr >= CALL_FOREIGN(0) && nr < FOREIGN_END;
}

static const char *name_of(long nr, enum call_numbers numbers)
{
	if (is_foreign(nr))
		return name_of(nr - CALL_FOREIGN(0), CALLS_X86_64);
	return nr >= 0 && nr < CALLS_END ? NAMES[numbers][nr] : NULL;
}

const char *syscall_name(long nr)
{
	return name_of(nr, call_numbers__own);
}

enum call_numbers call_numbers__of(const char *machine)
{
	if (machine && !strcmp(machine, "x86_64"))
		return CALLS_X86_64;
	return machine && !strcmp(machine, "aarch64") ? CALLS_ARM64 : CALLS_UNKNOWN;
}

static long number_of(const char *name, enum call_numbers numbers)
{
	for (long nr = 0; nr < CALLS_END; nr++)
		if (NAMES[numbers][nr] && !strcmp(NAMES[numbers][nr], name))
			return nr;
	return -1;
}

/* nr as a file of that processor has it. */
static long own_number(long nr, uint32_t numbers)
{
	const char *name = numbers <= CALLS_ARM64 ? name_of(nr, numbers) : NULL;
	long own = name ? number_of(name, call_numbers__own) : -1;

	if (nr < 0 || nr >= CALL_NAMELESS(0))
		return nr;
	if (!name)
		return CALL_NAMELESS(nr);
	/* All calls of arm64 are also those of x86_64. */
	return own >= 0 ? own : CALL_FOREIGN(number_of(name, CALLS_X86_64));
}

void calls__make_own(struct sample *s, uint32_t numbers)
{
	if (numbers == CALLS_UNKNOWN || numbers == (uint32_t)call_numbers__own)
		return;
	for (size_t i = 0; i < s->thread_count; i++)
		s->threads[i].syscall = own_number(s->threads[i].syscall, numbers);
	for (size_t i = 0; i < s->link_count; i++)
		s->links[i].syscall = own_number(s->links[i].syscall, numbers);
}
