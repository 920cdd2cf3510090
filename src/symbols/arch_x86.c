// SPDX-License-Identifier: GPL-2.0-or-later
#include <elf.h>

#include "symbols/native.h"

const uint16_t native_machine = EM_X86_64;
