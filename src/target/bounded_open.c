// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/bounded_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "target/file_systems.h"
#include "target/open_helper.h"
#include "target/patience.h"
#include "target/silence.h"
#include "util/budget.h"
#include "util/clock.h"
#include "util/heap.h"
#include "util/table.h"

#define COPY_BYTES_MAX     (256u << 20)
#define NS_PER_COPIED_BYTE 2 /* a copy takes memory: it costs at least as much patience as at 500 MB/s */
#define CHUNK              65536

static bool unanswered; /* by a file server */

bool files_unanswered(void)
{
	return unanswered;
}

/* ---- in the helper ------------------------------------------------------------ */

static enum fs_trust trust_of(int fd)
{
	struct statfs fs;

	if (!fstatfs(fd, &fs))
		return file_system__trust(fs.f_type);
	/* All of the kernel's own answer; a server in user space (FUSE) may not have this call. */
	return errno == ENOSYS ? FS_SERVED : FS_REFUSED;
}

static int judge(const struct open_request *r, struct found_file *f)
{
	enum fs_trust trust;

	if (fstat(f->fd, &f->st))
		return -errno;
	if (!S_ISREG(f->st.st_mode))
		return -EINVAL;
	trust = trust_of(f->fd);
	if (trust == FS_REFUSED)
		return -EACCES;
	if (f->st.st_size < 0 || (uint64_t)f->st.st_size > r->bytes_max)
		return -EFBIG;
	f->served = trust == FS_SERVED;
	return f->served && r->hurried ? -ETIMEDOUT : 0;
}

static int reopen(int path_fd)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", path_fd);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

/* A slow disk: if the end of a file is not in memory, the rest rarely is. */
static void touch(int fd, off_t size)
{
	char byte;

	if (size > 0 && pread(fd, &byte, 1, 0) == 1)
		(void)!pread(fd, &byte, 1, size - 1);
}

static int write_all(int fd, const char *buf, size_t len)
{
	while (len) {
		ssize_t n = write(fd, buf, len);

		if (n <= 0)
			return n ? -errno : -EIO;
		buf += n;
		len -= (size_t)n;
	}
	return 0;
}

static int copy(int from, int to, uint64_t bytes)
{
	char *buf = heap__alloc(CHUNK);
	uint64_t done = 0;
	ssize_t n = 1;
	int err = 0;

	while (!err && n > 0 && done < bytes) {
		size_t wanted = bytes - done < CHUNK ? bytes - done : CHUNK, held = 0;

		while (held < wanted && n > 0) { /* texts of /proc come a page at a time */
			n = pread(from, buf + held, wanted - held, (off_t)(done + held));
			if (n > 0)
				held += (size_t)n;
		}
		err = n < 0 ? -errno : write_all(to, buf, held);
		done += held;
	}
	free(buf);
	return err;
}

static void replace(struct found_file *f, int fd)
{
	close(f->fd);
	f->fd = fd;
}

/* The file is closed here, too, because that asks its server. */
static int take_copy(struct found_file *f, uint64_t bytes)
{
	int from, to, err;

	if (bytes > COPY_BYTES_MAX && (uint64_t)f->st.st_size > COPY_BYTES_MAX)
		return -EFBIG;
	from = reopen(f->fd);
	if (from < 0)
		return from;
	to = memfd_create("copy", MFD_CLOEXEC);
	err = to < 0 ? -errno : copy(from, to, bytes < COPY_BYTES_MAX ? bytes : COPY_BYTES_MAX);
	close(from);
	if (!err)
		replace(f, to);
	else if (to >= 0)
		close(to);
	return err;
}

static int take_own(struct found_file *f)
{
	int fd = reopen(f->fd);

	if (fd < 0)
		return fd;
	replace(f, fd);
	touch(fd, f->st.st_size);
	return 0;
}

static int copy_text(const struct open_request *r, struct found_file *f)
{
	int from = openat(r->fd, r->of.path, O_RDONLY | O_CLOEXEC | O_NOCTTY), err;

	if (from < 0)
		return -errno;
	f->fd = memfd_create("text", MFD_CLOEXEC);
	err = f->fd < 0 ? -errno : copy(from, f->fd, r->copy_bytes);
	close(from);
	return err;
}

static int run(const struct open_request *r, struct found_file *f)
{
	int err;

	if (r->text)
		return copy_text(r, f);

	f->fd = r->find ? r->find(&(struct process){.live_dir = r->fd}, &r->of)
			: fcntl(r->fd, F_DUPFD_CLOEXEC, 0);
	if (f->fd < 0)
		return f->fd;
	err = judge(r, f);
	if (err)
		return err;
	if (!f->served)
		return take_own(f);
	return r->copy_bytes ? take_copy(f, r->copy_bytes) : 0;
}

void open_request__run(const struct open_request *r, struct open_reply *ret)
{
	*ret = (struct open_reply){.file = {.fd = -1}};
	ret->error = run(r, &ret->file);
	if (ret->error && ret->file.fd >= 0)
		close(ret->file.fd);
	if (ret->error)
		ret->file.fd = -1;
}

/* ---- in this process ------------------------------------------------------------- */

/* Local files are free: a slow disk is not a server that does not answer. */
static void charge(const struct open_request *r, const struct open_reply *reply, uint64_t took_ns)
{
	uint64_t size = (uint64_t)reply->file.st.st_size,
		 copied = r->copy_bytes < size ? r->copy_bytes : size;

	if (!reply->file.served && took_ns < LATER_NS)
		return;
	if (!reply->file.served && reply->file.fd >= 0)
		return;
	if (!reply->error && took_ns < copied * NS_PER_COPIED_BYTE)
		took_ns = copied * NS_PER_COPIED_BYTE;
	patience__spend(took_ns);
}

/* Texts are asked for of every process: one that gives no answer must not make the next ones hurry. */
static uint64_t limit_ns(const struct open_request *r, uint64_t patience)
{
	if (r->hurried)
		return LATER_NS;
	if (r->text)
		return patience < SILENCE_NS ? patience : SILENCE_NS;
	return open_helper__left() ? LATER_NS : patience;
}

/* file: see budget__refuse. */
static int ask(struct open_request *r, uint64_t file, struct found_file *ret)
{
	uint64_t patience = patience__left(), from = monotonic_ns();
	struct open_reply reply;
	int err;

	r->hurried = patience < LATER_NS;
	reply.error = 0;
	err = open_helper__ask(r, limit_ns(r, patience), &reply);
	if (err == -ETIMEDOUT) {
		patience__spend(monotonic_ns() - from);
	} else if (err && err != -ENAMETOOLONG) {
		/* At a limit on processes, which may be why threadscope was started, it goes without. */
		r->hurried = true;
		open_request__run(r, &reply);
		err = 0;
	}
	if (!r->text && (err == -ETIMEDOUT || reply.error == -ETIMEDOUT)) {
		budget__refuse(!err && reply.file.st.st_ino ? budget__file(&reply.file.st) : file);
		unanswered = true;
	}
	if (err)
		return err;
	charge(r, &reply, monotonic_ns() - from);
	if (!reply.error)
		*ret = reply.file;
	return reply.error;
}

static struct open_request request(finder *find, const struct process *p, const struct mapping *m,
				   uint64_t bytes_max)
{
	return (struct open_request){.find = find,
				     .fd = p ? p->live_dir : -1,
				     .of = m ? *m : (struct mapping){.path = ""},
				     .bytes_max = bytes_max};
}

/* One that is not found yet: by the kernel's list of mappings, or else by its path. */
static uint64_t file_of_mapping(const struct mapping *m)
{
	uint32_t hash = 0;

	if (m && m->inode)
		return budget__file(
			&(struct stat){.st_dev = makedev(m->dev_major, m->dev_minor), .st_ino = m->inode});
	if (!m || !m->path || !*m->path)
		return 0;
	HASH_JEN(m->path, strlen(m->path), hash);
	return hash;
}

int bounded__open(finder *find, const struct process *p, const struct mapping *m, uint64_t bytes_max,
		  struct found_file *ret)
{
	struct open_request r = request(find, p, m, bytes_max);

	return ask(&r, file_of_mapping(m), ret);
}

int bounded__open_whole(finder *find, const struct process *p, const struct mapping *m, uint64_t bytes_max)
{
	struct open_request r = request(find, p, m, bytes_max);
	struct found_file f;
	int err;

	r.copy_bytes = UINT64_MAX;
	err = ask(&r, file_of_mapping(m), &f);
	return err ? err : f.fd;
}

int bounded__contents(struct found_file *f, uint64_t head_bytes)
{
	struct open_request r = {.fd = f->fd,
				 .of = {.path = ""},
				 .bytes_max = UINT64_MAX,
				 .copy_bytes = head_bytes ? head_bytes : UINT64_MAX};
	struct found_file copy;
	int fd = f->fd, err;

	f->fd = -1;
	if (!f->served)
		return fd;
	err = ask(&r, budget__file(&f->st), &copy);
	close(fd);
	return err ? err : copy.fd;
}

static int read_copy(int fd, size_t max, char **ret, size_t *ret_len)
{
	struct stat st;
	size_t len;
	char *text;

	if (fstat(fd, &st))
		return -errno;
	len = (size_t)st.st_size;
	if (len >= max)
		return -E2BIG;
	text = heap__try(len + 1, 1);
	if (!text)
		return -ENOMEM;
	if (pread(fd, text, len, 0) != (ssize_t)len) {
		free(text);
		return -EIO;
	}
	text[len] = '\0';
	*ret = text;
	*ret_len = len;
	return 0;
}

bool process__silent(const struct process *p)
{
	const struct silence *s = silence__find(p);

	return s && s->until_ns && monotonic_ns() < s->until_ns;
}

/* A descriptor of a copy of its first bytes, or a negative errno. */
static int ask_text(const struct process *p, const char *name, size_t bytes)
{
	struct open_request r = request(NULL, p, NULL, 0);
	struct found_file copy;
	int err;

	if (process__silent(p))
		return -ETIMEDOUT;
	r.of.path = (char *)name; /* only read */
	r.text = true;
	r.copy_bytes = bytes;
	err = ask(&r, 0, &copy);
	if (err == -ETIMEDOUT)
		silence__add(p)->until_ns = monotonic_ns() + SILENT_NS;
	return err ? err : copy.fd;
}

int bounded__text(const struct process *p, const char *name, size_t max, char **ret, size_t *ret_len)
{
	int fd = ask_text(p, name, max), err;

	if (fd < 0)
		return fd;
	err = read_copy(fd, max, ret, ret_len);
	close(fd);
	return err;
}

ssize_t bounded__head(const struct process *p, const char *name, char *dst, size_t size)
{
	int fd = ask_text(p, name, size);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = pread(fd, dst, size, 0);
	close(fd);
	return n < 0 ? -EIO : n;
}
