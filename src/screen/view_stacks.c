// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/scene.h"

static bool applies(const struct scene *s)
{
	(void)s;
	return false;
}

const struct screen_view view_stacks = {
	.title = "stacks",
	.applies = applies,
};
