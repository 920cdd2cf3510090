// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/timed_calls.h"

#include <string.h>

int sample_call__order(const void *a, const void *b)
{
	const struct sample_call *x = a, *y = b;
	int by_call;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	by_call = strcmp(x->call, y->call);
	if (by_call)
		return by_call;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	/* A file's name may change. */
	if (x->place == TS_PLACE_FILE)
		return memcmp(&x->key, &y->key, sizeof(x->key));
	if (x->cut != y->cut)
		return x->cut ? 1 : -1;
	return strcmp(x->path, y->path);
}
