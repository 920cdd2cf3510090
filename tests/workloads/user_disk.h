/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file system made by a process, over /dev/fuse: files in one directory, their data in memory, and writes
 * and syncs that take and give what they are told to. Needs root. The protocol is that of linux/fuse.h.
 */
#ifndef USER_DISK_H
#define USER_DISK_H

#include "workload.h"
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/mount.h>

#define DISK_FILES 8
#define DISK_FILE  (32u << 20) /* bytes that a file may have */
#define DISK_IO    (128u << 10)

/* What the next calls are to find; shared with the process that is the disk. */
struct disk_orders {
	_Atomic uint64_t write_ns, fsync_ns;
	_Atomic int write_errno, fsync_errno;
	_Atomic bool hang;   /* syncs wait until it is false again */
	_Atomic bool hung;   /* one did */
	_Atomic bool speaks; /* its silence is over */
	/* Once a file named DISK_SILENCE has been created, nothing is answered. Names and sizes are
	 * then not remembered by the kernel, so that each call needs an answer. */
	bool may_fall_silent;
};

#define DISK_SILENCE "silence"

struct disk {
	int fd; /* /dev/fuse */
	bool silent;
	struct disk_orders *orders;
	struct {
		char name[64];
		uint64_t size;
		char *data;
	} files[DISK_FILES]; /* node 2 on; node 1 is the directory */
};

/* For how many seconds the kernel may remember a name or a size. */
static inline uint64_t disk_valid(const struct disk *d)
{
	return d->orders->may_fall_silent ? 0 : 3600;
}

static inline void disk_attr(const struct disk *d, uint64_t node, struct fuse_attr *a)
{
	a->ino = node;
	a->mode = node == 1 ? 040755 : 0100700;
	a->nlink = 1;
	a->blksize = 4096;
	a->size = node == 1 ? 0 : d->files[node - 2].size;
	a->blocks = a->size / 512;
}

static inline void disk_answer(const struct disk *d, uint64_t unique, int err, const void *data, size_t len)
{
	static char out[DISK_IO + 4096];
	struct fuse_out_header h = {.unique = unique, .error = -err, .len = (uint32_t)(sizeof(h) + len)};

	memcpy(out, &h, sizeof(h));
	if (len)
		memcpy(out + sizeof(h), data, len);
	if (write(d->fd, out, h.len) < 0 && errno != ENOENT) /* the caller was killed meanwhile */
		_exit(0);
}

/* The node of a name, made if make is set; 0: there is none. */
static inline uint64_t disk_node(struct disk *d, const char *name, bool make)
{
	for (unsigned i = 0; i < DISK_FILES; i++) {
		if (!strcmp(d->files[i].name, name))
			return i + 2;
		if (*d->files[i].name || !make)
			continue;
		snprintf(d->files[i].name, sizeof(d->files[i].name), "%.63s", name);
		d->files[i].data = mmap(NULL, DISK_FILE, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		return i + 2;
	}
	return 0;
}

/* Of a lookup or creation: the entry, and behind it what else is there. */
static inline void disk_entry(struct disk *d, const struct fuse_in_header *h, uint64_t node, size_t more)
{
	struct {
		struct fuse_entry_out entry;
		struct fuse_open_out open;
	} out = {.entry = {.nodeid = node, .entry_valid = disk_valid(d), .attr_valid = disk_valid(d)}};

	disk_attr(d, node, &out.entry.attr);
	disk_answer(d, h->unique, 0, &out, sizeof(out.entry) + more);
}

/* The process that uses it ends: from now on nothing is slow, or it could not. */
static volatile sig_atomic_t disk_alone;

static inline void disk_let_go(int signal)
{
	(void)signal;
	disk_alone = 1;
}

static inline void disk_take(uint64_t ns)
{
	uint64_t until = now_ns() + ns, now;

	while (!disk_alone && (now = now_ns()) < until) {
		uint64_t left = until - now;
		struct timespec t = {.tv_nsec = (long)(left < 10000000 ? left : 10000000)};

		nanosleep(&t, NULL);
	}
}

static inline void disk_write(struct disk *d, const struct fuse_in_header *h, const struct fuse_write_in *in)
{
	struct fuse_write_out out = {.size = in->size};
	uint64_t end = in->offset + in->size;
	int err = d->orders->write_errno;

	disk_take(d->orders->write_ns);
	if (!err && end > DISK_FILE)
		err = EFBIG;
	if (!err) {
		memcpy(d->files[h->nodeid - 2].data + in->offset, in + 1, in->size);
		if (end > d->files[h->nodeid - 2].size)
			d->files[h->nodeid - 2].size = end;
	}
	disk_answer(d, h->unique, err, &out, err ? 0 : sizeof(out));
}

static inline void disk_read(const struct disk *d, const struct fuse_in_header *h,
			     const struct fuse_read_in *in)
{
	uint64_t size = d->files[h->nodeid - 2].size, len = in->size;

	if (in->offset >= size)
		len = 0;
	else if (len > size - in->offset)
		len = size - in->offset;
	disk_answer(d, h->unique, 0, d->files[h->nodeid - 2].data + in->offset, len);
}

static inline void disk_sync(const struct disk *d, const struct fuse_in_header *h)
{
	disk_take(d->orders->fsync_ns);
	while (d->orders->hang && !disk_alone) {
		d->orders->hung = true;
		disk_take(1000000);
	}
	disk_answer(d, h->unique, d->orders->fsync_errno, NULL, 0);
}

static inline void disk_attributes(struct disk *d, const struct fuse_in_header *h, const void *in)
{
	const struct fuse_setattr_in *set = in;
	struct fuse_attr_out out = {.attr_valid = disk_valid(d)};

	if (h->opcode == FUSE_SETATTR && set->valid & FATTR_SIZE && h->nodeid > 1)
		d->files[h->nodeid - 2].size = set->size < DISK_FILE ? set->size : DISK_FILE;
	disk_attr(d, h->nodeid, &out.attr);
	disk_answer(d, h->unique, 0, &out, sizeof(out));
}

static inline void disk_serve(struct disk *d, const struct fuse_in_header *h, const void *in)
{
	const struct fuse_init_in *init = in;
	struct fuse_init_out version = {.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = DISK_IO};
	struct fuse_open_out open = {0};
	struct fuse_statfs_out space = {
		.st = {.bsize = 4096, .frsize = 4096, .blocks = 1 << 20, .bfree = 1 << 20, .namelen = 63}};
	uint64_t node;

	while (d->silent && !disk_alone && !d->orders->speaks)
		disk_take(1000000);
	switch (h->opcode) {
	case FUSE_INIT:
		if (init->minor < version.minor)
			version.minor = init->minor;
		version.flags = FUSE_BIG_WRITES & init->flags;
		disk_answer(d, h->unique, 0, &version, sizeof(version));
		break;
	case FUSE_LOOKUP:
		node = disk_node(d, in, false);
		if (node)
			disk_entry(d, h, node, 0);
		else
			disk_answer(d, h->unique, ENOENT, NULL, 0);
		break;
	case FUSE_CREATE:
		node = disk_node(d, (const char *)in + sizeof(struct fuse_create_in), true);
		if (node)
			disk_entry(d, h, node, sizeof(struct fuse_open_out));
		else
			disk_answer(d, h->unique, ENOSPC, NULL, 0);
		d->silent =
			d->orders->may_fall_silent && node && !strcmp(d->files[node - 2].name, DISK_SILENCE);
		break;
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		disk_attributes(d, h, in);
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		disk_answer(d, h->unique, 0, &open, sizeof(open));
		break;
	case FUSE_STATFS:
		disk_answer(d, h->unique, 0, &space, sizeof(space));
		break;
	case FUSE_READ:
		disk_read(d, h, in);
		break;
	case FUSE_WRITE:
		disk_write(d, h, in);
		break;
	case FUSE_FSYNC:
		disk_sync(d, h);
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_READDIR:
		disk_answer(d, h->unique, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break; /* not answered */
	default:
		disk_answer(d, h->unique, ENOSYS, NULL, 0);
	}
}

static inline void disk_run(struct disk *d)
{
	static char in[DISK_IO + 8192] __attribute__((aligned(8)));

	for (;;) {
		ssize_t n = read(d->fd, in, sizeof(in));

		if (n >= (ssize_t)sizeof(struct fuse_in_header))
			disk_serve(d, (const struct fuse_in_header *)in, in + sizeof(struct fuse_in_header));
		else if (n < 0 && errno == EPERM && !disk_alone)
			sleep_ns(1000000); /* not yet mounted */
		else if (n < 0 && errno != EINTR && errno != ENOENT && errno != EAGAIN)
			_exit(0); /* unmounted */
	}
}

/*
 * Mounted at dir, for this process and its children only: it goes with them.
 * Exits with 77 where the kernel has no FUSE. The disk is a process of its own
 * that outlives this one until nothing is mounted any more, and sees none of
 * its mounts: what ext4 has to write at its end must still find a disk.
 */
static inline struct disk_orders *disk_mount(const char *dir)
{
	static struct disk d;
	char options[128];

	d.orders = mmap(NULL, sizeof(*d.orders), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	d.fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (d.orders == MAP_FAILED || d.fd < 0)
		exit(77);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", d.fd);
	if (!fork()) {
		signal(SIGHUP, disk_let_go);
		prctl(PR_SET_PDEATHSIG, SIGHUP, 0, 0, 0);
		disk_run(&d);
	}
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("disk", dir, "fuse", MS_NODEV | MS_NOSUID, options))
		exit(77);
	close(d.fd);
	return d.orders;
}

#endif
