// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/threads/compat_calls.h"

bool compat_calls__translate(const struct ts_thread *t, long *ret_call, uint64_t ret_args[6])
{
	(void)t;
	(void)ret_call;
	(void)ret_args;
	return false;
}
