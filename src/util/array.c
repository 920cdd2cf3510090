// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/array.h"

#include <stdint.h>

#include "util/heap.h"

#define FIRST_ROOM 16

void *array__grow(void *list, size_t *room, size_t wanted, size_t size)
{
	size_t larger = *room > SIZE_MAX / 2 ? SIZE_MAX : 2 * *room;

	if (larger < FIRST_ROOM)
		larger = FIRST_ROOM;
	if (larger < wanted)
		larger = wanted;
	list = heap__resize(list, larger, size);
	*room = larger;
	return list;
}
