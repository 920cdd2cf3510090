// SPDX-License-Identifier: GPL-2.0-or-later
// The same as turns_of_two.c, with std::mutex, and the same perfect answer.
#define CXX
#include "turns_of_two.c"
