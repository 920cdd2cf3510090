// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/locks/lock_layout_arch.h"

/* TLS_ABOVE_TP: no dtv and no canary before it */
const int64_t musl_detach_state_at = 40;
