/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logs to a device made in user space (user_disk.h), mounted at --dir, and says what it saw itself. --mode:
 *   slow    --writes lines, each with an fsync that takes up to --fsync-ms, each with another part of it
 *   errors  --writes lines and an fsync each, of which each third fails: EIO, ENOSPC, EDQUOT in turn
 *   break   the last sync finds a device that takes no more blocks (with --ext4)
 *   hang    an fsync that does not return before --stop; a second thread wants the lock that its thread holds
 *   crowd   as hang, but the others, in-line and behind, write to the same open file: the kernel keeps the
 * lock of a FUSE inode during a sync; in-line waits for it, and has that of the file's position meanwhile
 * --ext4 1: the log is on ext4, on a block device whose blocks are a file there.
 * Exits with 77 where something for it is missing.
 */
#include "user_disk.h"

#define KINDS 3

static const int ERRORS[KINDS] = {EIO, ENOSPC, EDQUOT};
static const char LINE[] = "a line of the log, with an end\n";
static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;

struct figures {
	unsigned long writes, bytes, fsyncs;
	unsigned long write_errors[KINDS], fsync_errors[KINDS];
};

static int kind_of(int err)
{
	for (int i = 0; i < KINDS; i++)
		if (ERRORS[i] == err)
			return i;
	errno = err;
	die("another error");
	return 0;
}

static void write_line(struct figures *f, int fd)
{
	ssize_t n = write(fd, LINE, sizeof(LINE) - 1);

	f->writes++;
	if (n < 0)
		f->write_errors[kind_of(errno)]++;
	else
		f->bytes += (unsigned long)n;
}

FRAME void sync_log(struct figures *f, int fd)
{
	int err = fsync(fd);

	f->fsyncs++;
	if (err)
		f->fsync_errors[kind_of(errno)]++;
	KEEP_FRAME();
}

/* Blocks in a file of dir, a loop device on it, ext4 on that, mounted at the returned place. */
static const char *make_ext4(const char *dir)
{
	static char place[PATH_MAX];
	char command[4 * PATH_MAX];

	snprintf(place, sizeof(place), "%s.ext4", dir);
	snprintf(command, sizeof(command),
		 "truncate -s 16M '%s/blocks' && mkfs.ext4 -q -F '%s/blocks' && mkdir -p '%s' && mount -o "
		 "loop "
		 "'%s/blocks' '%s'",
		 dir, dir, place, dir, place);
	if (system(command))
		exit(77);
	return place;
}

static void figures_of(const struct workload *w, const struct figures *f, int fd, const char *path,
		       struct calls *syncs)
{
	announcef(w,
		  "{\"pid\":%d,\"fd\":%d,\"path\":\"%s\",\"writes\":%lu,\"bytes\":%lu,\"fsyncs\":%lu,"
		  "\"write_errors\":{\"EIO\":%lu,\"ENOSPC\":%lu,\"EDQUOT\":%lu},"
		  "\"fsync_errors\":{\"EIO\":%lu,\"ENOSPC\":%lu,\"EDQUOT\":%lu},%s}",
		  (int)getpid(), fd, path, f->writes, f->bytes, f->fsyncs, f->write_errors[0],
		  f->write_errors[1], f->write_errors[2], f->fsync_errors[0], f->fsync_errors[1],
		  f->fsync_errors[2], calls_json(syncs));
}

struct hanging {
	struct figures f;
	int fd;
	_Atomic pid_t writer, behind;
};

static void *wait_behind(void *arg)
{
	struct hanging *h = arg;

	set_name("behind");
	h->behind = my_tid();
	pthread_mutex_lock(&log_mutex);
	pthread_mutex_unlock(&log_mutex);
	return NULL;
}

static void *hang(void *arg)
{
	struct hanging *h = arg;

	set_name("log-writer");
	pthread_mutex_lock(&log_mutex);
	write_line(&h->f, h->fd);
	h->writer = my_tid();
	sync_log(&h->f, h->fd);
	pthread_mutex_unlock(&log_mutex);
	return NULL;
}

static void hang_until_stop(const struct workload *w, struct disk_orders *orders, int fd, const char *path)
{
	struct hanging h = {.fd = fd};
	pthread_t writer, other;

	orders->hang = true;
	writer = start_thread(hang, &h, 0);
	while (!orders->hung)
		sleep_ns(1000000);
	other = start_thread(wait_behind, &h, 0);
	while (!h.behind)
		sleep_ns(1000000);
	wait_until_blocked(h.behind);
	announcef(w, "{\"pid\":%d,\"fd\":%d,\"path\":\"%s\",\"writer\":%d,\"behind\":%d}", (int)getpid(), fd,
		  path, (int)h.writer, (int)h.behind);
	wait_for_file(w->stop);
	orders->hang = false;
	pthread_join(writer, NULL);
	pthread_join(other, NULL);
}

struct crowd {
	int fd;
	const char *name;
	_Atomic pid_t tid;
	pthread_t thread;
};

static void *write_in_crowd(void *arg)
{
	struct crowd *c = arg;
	struct figures f = {0};

	set_name(c->name);
	c->tid = my_tid();
	write_line(&f, c->fd);
	return NULL;
}

/* One after the other, so that it is known who waits for whom. */
static void crowd_until_stop(const struct workload *w, struct disk_orders *orders, int fd, const char *path)
{
	struct crowd crowd[] = {{.fd = fd, .name = "in-line"}, {.fd = fd, .name = "behind"}};
	struct hanging h = {.fd = fd};
	unsigned long switches;
	pthread_t writer;

	orders->hang = true;
	writer = start_thread(hang, &h, 0);
	while (!orders->hung)
		sleep_ns(1000000);
	for (int i = 0; i < 2; i++) {
		crowd[i].thread = start_thread(write_in_crowd, &crowd[i], 0);
		while (!crowd[i].tid || thread_state(crowd[i].tid, &switches) != 'D')
			sleep_ns(1000000);
	}
	announcef(w, "{\"pid\":%d,\"fd\":%d,\"path\":\"%s\",\"writer\":%d,\"in_line\":%d,\"behind\":%d}",
		  (int)getpid(), fd, path, (int)h.writer, (int)crowd[0].tid, (int)crowd[1].tid);
	wait_for_file(w->stop);
	orders->hang = false;
	pthread_join(writer, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(crowd[i].thread, NULL);
}

/* Each third line and each third sync meets an error, one kind after the other. */
static void order_errors(struct disk_orders *orders, long i)
{
	int error = ERRORS[i / 3 % KINDS];

	orders->write_errno = i % 3 == 1 ? error : 0;
	orders->fsync_errno = i % 3 == 2 ? error : 0;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "dir mode ext4 writes fsync-ms");
	const char *dir = option(argc, argv, "dir", ""), *mode = option(argc, argv, "mode", "slow");
	long writes = option_number(argc, argv, "writes", 60);
	uint64_t slowest = (uint64_t)option_number(argc, argv, "fsync-ms", 40) * 1000000;
	struct calls syncs = calls_new((size_t)writes);
	struct disk_orders *orders = disk_mount(dir);
	struct figures f = {0};
	char path[PATH_MAX + 16];
	int fd;

	snprintf(path, sizeof(path), "%s/the.log",
		 option_number(argc, argv, "ext4", 0) ? make_ext4(dir) : dir);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		die(path);
	wait_for_go(&w);
	if (!strcmp(mode, "hang")) {
		hang_until_stop(&w, orders, fd, path);
		return 0;
	}
	if (!strcmp(mode, "crowd")) {
		crowd_until_stop(&w, orders, fd, path);
		return 0;
	}
	for (long i = 0; i < writes; i++) {
		if (!strcmp(mode, "break"))
			orders->write_errno = i == writes - 1 ? EIO : 0;
		else if (!strcmp(mode, "slow"))
			orders->fsync_ns = slowest * (uint64_t)(i % 10 + 1) / 10;
		else
			order_errors(orders, i);
		write_line(&f, fd);
		call_begins(&syncs);
		sync_log(&f, fd);
		call_ended(&syncs);
	}
	orders->fsync_ns = 0;
	orders->write_errno = orders->fsync_errno = 0;
	figures_of(&w, &f, fd, path, &syncs);
	wait_for_file(w.stop);
	return 0;
}
