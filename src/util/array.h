/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list that grows: a pointer, how many are in it and how many have room (both size_t), members of a struct
 * or variables. All zero is an empty one; free(list) ends it. It ends the program without memory (heap.h).
 */
#ifndef TS_UTIL_ARRAY_H
#define TS_UTIL_ARRAY_H

#include <stddef.h>

/* Makes room for wanted elements of size bytes, and for as many again as there are: adding n of them one by
 * one moves at most 2n. */
void *array__grow(void *list, size_t *room, size_t wanted, size_t size);

static inline void *array__reserve(void *list, size_t *room, size_t wanted, size_t size)
{
	return wanted <= *room ? list : array__grow(list, room, wanted, size);
}

/* Room for wanted elements in all. What is added is not zeroed. */
#define ARRAY_RESERVE(list, room, wanted) ((list) = array__reserve(list, &(room), wanted, sizeof(*(list))))
/* One more at the end, not zeroed: its address, valid until the next one. */
#define ARRAY_ADD(list, count, room) (ARRAY_RESERVE(list, room, (count) + 1), &(list)[(count)++])

#endif
