/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members of a Go program's variables and receivers, from its DWARF, one unit per package. */
#ifndef TS_SYMBOLS_DWARF_MEMBERS_H
#define TS_SYMBOLS_DWARF_MEMBERS_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The member at offset in the variable "main.logging": "main.logging.mu" in buf. False: not known. */
bool dwarf_members__of_variable(Dwarf *dwarf, const char *variable, uint64_t offset, char *buf, size_t size);
/* The member at offset in what the receiver of the method "main.(*cache).get" points to: "main.cache.mu". */
bool dwarf_members__of_receiver(Dwarf *dwarf, const char *method, uint64_t offset, char *buf, size_t size);

#endif
