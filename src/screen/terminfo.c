// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/terminfo.h"

#include <curses.h>
#include <term.h>

static const char *string_of(const char *name)
{
	const char *s = tigetstr(name);

	return s && s != (const char *)-1 ? s : NULL;
}

bool terminfo__can_move(int fd)
{
	int found;

	return setupterm(NULL, fd, &found) == OK && string_of("cup");
}

size_t terminfo__way_back(char *dst, size_t size)
{
	static const char *const names[] = {"sgr0", "cnorm", "rmcup"};
	size_t used = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *s = string_of(names[i]);

		for (; s && *s && used < size; s++)
			dst[used++] = *s;
	}
	return used;
}
