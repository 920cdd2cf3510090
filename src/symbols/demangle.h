/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_SYMBOLS_DEMANGLE_H
#define TS_SYMBOLS_DEMANGLE_H

#include <stddef.h>

/*
 * Writes the readable name: C++ (Itanium) and Rust demangled without parameters, the version suffix
 * ("@@GLIBC_2.34") removed, cut to size.
 */
void demangle(const char *name, char *buf, size_t size);

#endif
