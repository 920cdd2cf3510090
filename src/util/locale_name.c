// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/locale_name.h"

#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The first that is set and not empty decides, as POSIX has it. */
static const char *environment(void)
{
	static const char *const NAMES[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
		const char *value = getenv(NAMES[i]);

		if (value && *value)
			return value;
	}
	return "";
}

/* "en_US.UTF-8", "de_DE.utf8@euro" */
static bool names_utf8(const char *locale)
{
	const char *codeset = strchr(locale, '.');
	size_t length = codeset ? strcspn(codeset + 1, "@") : 0;

	return (length == 5 && !strncasecmp(codeset + 1, "UTF-8", 5)) ||
	       (length == 4 && !strncasecmp(codeset + 1, "UTF8", 4));
}

const char *locale_name__characters(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);

	if (locale) {
		freelocale(locale);
		return "";
	}
	return names_utf8(environment()) ? "C.UTF-8" : "";
}
