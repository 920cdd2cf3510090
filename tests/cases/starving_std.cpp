// SPDX-License-Identifier: GPL-2.0-or-later
// The same as starving.c, with std::mutex, and the same perfect answer.
#define CXX
#include "starving.c"
