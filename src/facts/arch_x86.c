// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/calls.h"

const enum call_numbers call_numbers__own = CALLS_X86_64;
