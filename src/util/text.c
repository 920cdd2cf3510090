// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/text.h"

#include <stddef.h>

const char *path_basename(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash && slash[1] ? slash + 1 : path;
}
