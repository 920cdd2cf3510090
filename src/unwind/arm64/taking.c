// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwind/taking.h"

enum taking taking__until(const struct taking_code *c, size_t place)
{
	(void)c;
	(void)place;
	return TAKING_UNKNOWN;
}

enum taking taking__through(const struct taking_code *c)
{
	(void)c;
	return TAKING_UNKNOWN;
}

enum taking taking__after(const struct taking_code *c, size_t place, bool zero)
{
	(void)c;
	(void)place;
	(void)zero;
	return TAKING_UNKNOWN;
}
