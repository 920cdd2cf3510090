/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_UTIL_LOCALE_NAME_H
#define TS_UTIL_LOCALE_NAME_H

/*
 * What to give setlocale and newlocale for the user's characters: "" (the environment's locale), or "C.UTF-8"
 * where that one is UTF-8 but cannot be loaded: it is not generated here, or belongs to another C library
 * than the one that a static program has in it.
 */
const char *locale_name__characters(void);

#endif
