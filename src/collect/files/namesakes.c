// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "collect/files/file_names_private.h"

static bool is_namesake(const struct named_file *a, const struct named_file *b)
{
	return a != b && a->key.inode == b->key.inode && a->key.tgid == b->key.tgid &&
	       a->key.dev == b->key.dev && a->key.kind == b->key.kind;
}

void namesakes__met(struct named_file *files, struct named_file *f)
{
	for (struct named_file *g = files; g; g = g->hh.next) {
		if (!is_namesake(f, g))
			continue;
		f->has_namesake = g->has_namesake = true;
		if (!g->first || strcmp(g->path, f->path) != 0)
			continue;
		free(g->path);
		g->path = g->first;
		g->first = NULL;
		g->deleted = true;
		free(g->host_path);
		g->host_path = NULL;
		g->host_path_known = false;
	}
}

bool namesakes__have(const struct named_file *files, const struct named_file *f, const char *path)
{
	if (!f->has_namesake)
		return false;
	for (const struct named_file *g = files; g; g = g->hh.next)
		if (is_namesake(f, g) && g->met_ns > f->met_ns && g->path &&
		    !strcmp(g->first ? g->first : g->path, path))
			return true;
	return false;
}
