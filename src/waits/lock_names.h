/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a call does to the lock that it is given, by the function's name. Pure. */
#ifndef TS_WAITS_LOCK_NAMES_H
#define TS_WAITS_LOCK_NAMES_H

#include "facts/kinds.h"

enum holding_call lock_names__call(const char *function);

#endif
