/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two files, one after the other with one inode number: this process writes to the second. */
#include "collect/files/file_names.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "util/clock.h"

struct place {
	char folder[64], path[96];
	int fd;
	struct ts_file_key first, second;
};

static struct place second_file(void)
{
	struct place p = {.folder = "/tmp/file_names.XXXXXX"};
	struct stat st;

	CHECK(mkdtemp(p.folder) != NULL);
	snprintf(p.path, sizeof(p.path), "%s/b.log", p.folder);
	p.fd = open(p.path, O_CREAT | O_WRONLY, 0600);
	CHECK(p.fd >= 0 && !fstat(p.fd, &st));
	p.first = (struct ts_file_key){
		.tgid = (unsigned)getpid(), .inode = st.st_ino, .generation = 1, .kind = TS_FILE_REGULAR};
	p.second = p.first;
	p.second.generation = 2;
	return p;
}

static void remove_place(const struct place *p)
{
	close(p->fd);
	unlink(p->path);
	rmdir(p->folder);
}

/* The folder's name comes last: the kernel side begins at the file. */
static void announce(struct file_names *n, const struct place *p, const struct ts_file_key *key,
		     const char *name)
{
	struct ts_event_file e = {.e.time_ns = monotonic_ns(), .key = *key, .fd = p->fd, .path_state = 1};
	const char *parts[] = {name, strrchr(p->folder, '/') + 1, "tmp"};

	for (size_t i = 0; i < 3; i++) {
		strcpy(e.path + e.path_bytes, parts[i]);
		e.path_bytes += (unsigned)strlen(parts[i]) + 1;
	}
	strcpy(e.fs, "overlay");
	file_names__event(n, &e.e, sizeof(e));
}

static const char *name_of(struct file_names *n, const struct ts_file_key *key, int fd)
{
	struct file_use use = {.fd = fd, .last_ns = monotonic_ns()};

	return strrchr(file_names__facts(n, key, &use, true).path, '/');
}

TEST(one_number_for_two_files)
{
	struct targets *t = targets__new(LINES_NEVER);
	struct file_names *n = file_names__new(t);
	struct place p = second_file();

	announce(n, &p, &p.first, "a.log");
	announce(n, &p, &p.second, "b.log");
	CHECK_STR(name_of(n, &p.first, p.fd), "/a.log");
	CHECK_STR(name_of(n, &p.second, p.fd), "/b.log");

	/* The descriptor is read before the second is announced. */
	file_names__forget(n, &p.first);
	file_names__forget(n, &p.second);
	announce(n, &p, &p.first, "a.log");
	CHECK_STR(name_of(n, &p.first, p.fd), "/b.log"); /* as after a rename */
	announce(n, &p, &p.second, "b.log");
	CHECK_STR(name_of(n, &p.first, p.fd), "/a.log");
	CHECK_STR(name_of(n, &p.second, p.fd), "/b.log");
	file_names__free(n);
	targets__free(t);
	remove_place(&p);
}

TEST_MAIN
