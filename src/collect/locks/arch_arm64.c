// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/locks/lock_layout_arch.h"

/* TLS_ABOVE_TP: no dtv and no canary before it */
const int64_t musl_detach_state_at = 40;
const uint64_t glibc_self_at[2] = {0, 0}, glibc_tid_at = 0;
