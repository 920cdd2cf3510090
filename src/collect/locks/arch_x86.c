// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/locks/lock_layout_arch.h"

const int64_t musl_detach_state_at = 56;
const uint64_t glibc_self_at[2] = {0, 16}, glibc_tid_at = 720;
