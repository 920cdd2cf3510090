/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames that say nothing of what a program waits for. Pure. */
#ifndef TS_WAITS_LIBRARY_FRAME_H
#define TS_WAITS_LIBRARY_FRAME_H

#include "facts/stack.h"

/* The C and C++ libraries' own functions: by their file, and in a static program by their names. */
bool frame__of_c_library(const struct frame *f);

#endif
