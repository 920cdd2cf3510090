/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_VERSION_H
#define TS_VERSION_H
#define TS_VERSION "0.2.0"

/* What --version says besides. */
#ifdef TS_STATIC
#define TS_BUILD " (static, without debuginfod)"
#else
#define TS_BUILD ""
#endif
#endif
