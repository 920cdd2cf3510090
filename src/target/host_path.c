// SPDX-License-Identifier: GPL-2.0-or-later
/* The path on this host of a file that a target has open; it differs for a target in a container. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/mounts.h"
#include "target/process_private.h"
#include "util/heap.h"

/* The path within its file system, from the mount of the descriptor; NULL: unknown. */
static char *path_in_fs(char *mountinfo, unsigned mount_id, const char *path, struct mount_line *ret)
{
	char *save = NULL;

	for (char *line = strtok_r(mountinfo, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *rest;

		if (!mount_line__parse(line, ret) || ret->id != mount_id)
			continue;
		rest = path_below(path, ret->place);
		return rest ? heap__format("%s%s%s", ret->root, strcmp(ret->root, "/") ? "/" : "", rest)
			    : NULL;
	}
	return NULL;
}

/* The path here of a path within a file system: the shortest, where several mounts here show it. */
static char *path_here(char *mountinfo, const struct mount_line *of, const char *inside)
{
	char *save = NULL, *best = NULL;

	for (char *line = strtok_r(mountinfo, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct mount_line m;
		const char *rest;
		char *found;

		if (!mount_line__parse(line, &m) || m.dev_major != of->dev_major ||
		    m.dev_minor != of->dev_minor)
			continue;
		rest = path_below(inside, m.root);
		if (!rest)
			continue;
		found = heap__format("%s%s%s", m.place, strcmp(m.place, "/") ? "/" : "", rest);
		if (best && strlen(best) <= strlen(found)) {
			free(found);
			continue;
		}
		free(best);
		best = found;
	}
	return best;
}

static bool mount_of(const struct process *p, int fd, uint64_t *ret_id)
{
	char name[32], info[2048];

	snprintf(name, sizeof(name), "fdinfo/%d", fd);
	return read_short(p->live_dir, name, info, sizeof(info)) > 0 &&
	       status__number(info, "mnt_id", 10, ret_id);
}

int process__file_system(const struct process *p, int fd, char *dst, size_t size)
{
	char *text, *save = NULL;
	uint64_t id;
	size_t len;
	int err = -ENOENT;

	if (!mount_of(p, fd, &id) || read_whole(p->live_dir, "mountinfo", MOUNTINFO_MAX, &text, &len))
		return -ENOENT;
	for (char *line = strtok_r(text, "\n", &save); line && err; line = strtok_r(NULL, "\n", &save)) {
		const char *type = strstr(line, " - ");

		if (strtoull(line, NULL, 10) != id || !type)
			continue;
		/* "fuse.sshfs": a subtype is not a different file system */
		snprintf(dst, size, "%.*s", (int)strcspn(type + 3, " ."), type + 3);
		err = 0;
	}
	free(text);
	return err;
}

static bool same_mounts(const struct process *p)
{
	char ours[64] = "", theirs[64] = "";

	return readlinkat(p->live_dir, "ns/mnt", theirs, sizeof(theirs) - 1) <= 0 ||
	       readlinkat(-1, "/proc/self/ns/mnt", ours, sizeof(ours) - 1) <= 0 || !strcmp(ours, theirs);
}

static char *through_mounts(const struct process *p, const char *path, int fd)
{
	char *theirs = NULL, *ours = NULL, *inside = NULL, *found = NULL;
	struct mount_line of;
	uint64_t id;
	size_t len;

	if (!mount_of(p, fd, &id))
		return NULL;
	if (!read_whole(p->live_dir, "mountinfo", MOUNTINFO_MAX, &theirs, &len))
		inside = path_in_fs(theirs, (unsigned)id, path, &of);
	if (inside && !read_whole(-1, "/proc/self/mountinfo", MOUNTINFO_MAX, &ours, &len))
		found = path_here(ours, &of, inside);
	free(inside);
	free(theirs);
	free(ours);
	return found;
}

bool process__outside_root(const struct process *p, int fd)
{
	char link[LINK_BYTES];

	return p->root[0] && !process__read_link(p, fd, link) && process__strip_root(p, link) == link;
}

char *process__host_path(const struct process *p, const char *path, int fd)
{
	char *text;

	if (path[0] != '/' || process__outside_root(p, fd))
		return NULL;
	if (same_mounts(p))
		return p->root[0] ? heap__format("%s%s", p->root, path) : NULL;
	text = fd >= 0 ? through_mounts(p, path, fd) : NULL;
	if (text && !strcmp(text, path)) { /* it has its own mounts, but this one also exists here */
		free(text);
		return NULL;
	}
	return text ? text : heap__format("/proc/%d/root%s", (int)p->pid, path);
}
