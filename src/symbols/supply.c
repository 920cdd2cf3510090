// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/supply.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "symbols/debuginfod.h"
#include "symbols/elf_file.h"
#include "util/heap.h"
#include "util/text.h"

#define DEBUG_DIR "/usr/lib/debug"

static int (*supplier)(const struct supply_wish *w);

void supply__by(int (*fn)(const struct supply_wish *w))
{
	supplier = fn;
}

int supply__get(const struct process *p, const char *path, const struct supply_wish *w)
{
	return supplier ? supplier(w) : supply__open(p, path, w);
}

static char *build_id_path(const uint8_t *id, size_t len)
{
	char path[256];
	int n = snprintf(path, sizeof(path), DEBUG_DIR "/.build-id/%02x/", id[0]);

	for (size_t i = 1; i < len; i++)
		n += snprintf(path + n, sizeof(path) - (size_t)n, "%02x", id[i]);
	snprintf(path + n, sizeof(path) - (size_t)n, ".debug");
	return heap__string(path);
}

/* A name without a folder, in one that belongs to the module. */
static char *link_path(const char *path, const struct supply_wish *w)
{
	const char *slash = strrchr(path, '/');
	int dir = slash ? (int)(slash - path) : 0;
	char *found;

	if (!slash || w->length > 255 || strchr(w->text, '/') || !strcmp(w->text, "..") ||
	    !strcmp(w->text, "."))
		return NULL;
	if (w->kind == SUPPLY_LINK_BELOW)
		return heap__format("%.*s/.debug/%s", dir, path, w->text);
	if (w->kind == SUPPLY_LINK_AWAY)
		return heap__format(DEBUG_DIR "%.*s/%s", dir, path, w->text);
	found = heap__format("%.*s/%s", dir, path, w->text);
	if (strcmp(found, path) != 0) /* a file may refer to itself */
		return found;
	free(found);
	return NULL;
}

static char *alt_path(const char *path, const struct supply_wish *w)
{
	const char *slash = strrchr(path, '/');

	if (w->text[0] == '/')
		return heap__string(w->text);
	return heap__format("%.*s/%s", slash ? (int)(slash - path) : 0, path, w->text);
}

/* Text of the target leads to files of the host only below the folder that is made for it. */
static bool may_be_hosts(const struct supply_wish *w, const char *full)
{
	/* dwz's own place, which the distribution's debug packages share */
	if (w->kind == SUPPLY_ALT)
		return starts_with(full, DEBUG_DIR "/.dwz/") && !strstr(full, "..");
	return w->kind == SUPPLY_BUILD_ID || w->kind == SUPPLY_LINK_AWAY;
}

static int open_wished(const struct process *p, const char *path, const struct supply_wish *w)
{
	char *full = w->kind == SUPPLY_BUILD_ID ? build_id_path((const uint8_t *)w->text, w->length)
		     : w->kind == SUPPLY_ALT    ? alt_path(path, w)
						: link_path(path, w);
	int fd = -ENOENT;

	if (full && w->host && may_be_hosts(w, full))
		fd = host_file__open(full, ELF_FILE_BYTES_MAX);
	else if (full && !w->host && p)
		fd = process__open_path(p, full, ELF_FILE_BYTES_MAX);
	free(full);
	return fd;
}

/* Other files may hold somebody's secret, whatever the target says of them: the parser does not get them. */
static int only_elf(int fd)
{
	char head[SELFMAG];

	if (fd < 0 || (pread(fd, head, SELFMAG, 0) == SELFMAG && !memcmp(head, ELFMAG, SELFMAG)))
		return fd;
	close(fd);
	return -ENOENT;
}

int supply__open(const struct process *p, const char *path, const struct supply_wish *w)
{
	bool by_id = w->kind == SUPPLY_BUILD_ID || w->kind == SUPPLY_SERVER;

	if (w->kind > SUPPLY_SERVER || !w->length || w->length > (by_id ? SUPPLY_ID_MAX : SUPPLY_TEXT_MAX) ||
	    (!by_id && strnlen(w->text, SUPPLY_TEXT_MAX + 1) != w->length))
		return -EINVAL;
	if (w->kind == SUPPLY_SERVER)
		return only_elf(debuginfod__open((const uint8_t *)w->text, w->length));
	return only_elf(open_wished(p, path ? path : "", w));
}
