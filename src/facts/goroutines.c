// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/goroutines.h"

const char *go_lock__kind_name(enum go_lock_kind kind)
{
	static const char *const names[] = {"sync.Mutex", "sync.RWMutex", "file", "sync.WaitGroup"};

	return names[kind];
}

const struct go_wait *go_group__one(const struct go_group *g)
{
	static const struct go_wait none = {.fd = -1};

	return g->targets == 1 && !g->targets_more ? &g->wait : &none;
}

bool go_leaks__sure(const struct go_leaks *l)
{
	return l->looked && !l->problem && l->readings >= 2 && l->whole && !l->running && !l->moving;
}
