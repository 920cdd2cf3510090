// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/file_servers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/mounts.h"
#include "target/process_private.h"
#include "util/text.h"

/* Types as in the mount table; with "." or alone, those of FUSE have a subtype. */
static bool has_server(const char *fs)
{
	static const char *const types[] = {"fuse",  "fuseblk", "nfs",  "nfs4", "cifs",   "smb3",
					    "smbfs", "ceph",    "9p",   "afs",  "lustre", "virtiofs",
					    "ncpfs", "coda",    "gfs2", "ocfs2"};
	size_t length = strcspn(fs, ".");

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i]) == length && !strncmp(fs, types[i], length))
			return true;
	return false;
}

int process__file_server(const struct process *p, const char *path, struct file_server *ret)
{
	struct mount_line best = {0}, m;
	char *text, *save = NULL;
	size_t len, longest = 0;
	int err = -ENOENT;

	if (read_whole(p->live_dir, "mountinfo", MOUNTINFO_MAX, &text, &len))
		return -ENOENT;
	/* The longest place that the path is below; of equal ones the last, which covers the others. */
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (mount_line__parse(line, &m) && path_below(path, m.place) && strlen(m.place) >= longest) {
			best = m;
			longest = strlen(m.place);
		}
	if (best.type && has_server(best.type)) {
		*ret = (struct file_server){.dev_minor = best.dev_minor};
		snprintf(ret->fs, sizeof(ret->fs), "%.31s", best.type);
		snprintf(ret->place, sizeof(ret->place), "%.255s", best.place);
		err = 0;
	}
	free(text);
	return err;
}

/* ---- the FUSE daemon ---------------------------------------------------------------- */

struct daemon {
	struct file_server *server;
	pid_t found, other; /* of this connection by the kernel's word; any with such a descriptor */
	unsigned processes; /* with such descriptors */
};

static bool is_number(const char *s)
{
	return *s && !s[strspn(s, "0123456789")];
}

/* fs/fuse/dev.c, fuse_dev_show_fdinfo: the number of the connection is the device's. */
static bool of_connection(int process_dir, const char *fd, unsigned dev_minor)
{
	char name[280], info[1024];
	uint64_t number;

	snprintf(name, sizeof(name), "fdinfo/%.200s", fd);
	return read_short(process_dir, name, info, sizeof(info)) > 0 &&
	       status__number(info, "fuse_connection", 10, &number) && number == dev_minor;
}

static void look_at_process(struct daemon *d, DIR *proc, const char *pid)
{
	int dir = openat(dirfd(proc), pid, O_PATH | O_DIRECTORY | O_CLOEXEC), fds;
	const struct dirent *e;
	bool any = false;
	DIR *list;

	if (dir < 0)
		return;
	fds = openat(dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	list = fds >= 0 ? fdopendir(fds) : NULL;
	if (!list && fds >= 0)
		close(fds);
	while (list && (e = readdir(list))) {
		char name[280], link[32];
		ssize_t n;

		if (!is_number(e->d_name))
			continue;
		snprintf(name, sizeof(name), "fd/%.200s", e->d_name);
		n = readlinkat(dir, name, link, sizeof(link) - 1);
		link[n > 0 ? n : 0] = '\0';
		if (strcmp(link, "/dev/fuse") != 0)
			continue;
		any = true;
		d->other = (pid_t)strtol(pid, NULL, 10);
		if (!d->found && of_connection(dir, e->d_name, d->server->dev_minor))
			d->found = d->other;
	}
	d->processes += any;
	if (list)
		closedir(list);
	close(dir);
}

void file_server__find_daemon(struct file_server *s)
{
	struct daemon d = {.server = s};
	DIR *proc = starts_with(s->fs, "fuse") ? opendir("/proc") : NULL;
	const struct dirent *e;
	char name[TASK_NAME];

	while (proc && (e = readdir(proc)))
		if (is_number(e->d_name))
			look_at_process(&d, proc, e->d_name);
	if (proc)
		closedir(proc);
	s->pid = d.found ? d.found : d.processes == 1 ? d.other : 0;
	if (s->pid)
		snprintf(s->comm, sizeof(s->comm), "%s", task__name(s->pid, name));
}
