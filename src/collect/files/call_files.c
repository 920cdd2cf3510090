// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/call_files.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "thresholds.h"
#include "util/heap.h"

#define PATH_BYTES 4096

/* Not fcntl and flock, which wait for other holders, nor ioctl. */
static const struct file_call {
	long nr;
	signed char path; /* argument; -1: none, the file is that of the descriptor */
	signed char fd;   /* argument: of the folder that the path is below, or the file; -1: none */
} CALLS[] = {
#ifdef SYS_open /* calls that newer architectures lack */
	{SYS_open, 0, -1},
	{SYS_creat, 0, -1},
	{SYS_stat, 0, -1},
	{SYS_lstat, 0, -1},
	{SYS_access, 0, -1},
	{SYS_readlink, 0, -1},
	{SYS_unlink, 0, -1},
	{SYS_mkdir, 0, -1},
	{SYS_rmdir, 0, -1},
	{SYS_rename, 0, -1},
	{SYS_link, 0, -1},
	{SYS_symlink, 1, -1},
	{SYS_chmod, 0, -1},
	{SYS_chown, 0, -1},
	{SYS_lchown, 0, -1},
	{SYS_utimes, 0, -1},
	{SYS_getdents, -1, 0},
	{SYS_mknod, 0, -1},
	{SYS_utime, 0, -1},
	{SYS_futimesat, 1, 0},
	{SYS_renameat, 1, 0},
#endif
	{SYS_openat, 1, 0},
	{SYS_openat2, 1, 0},
	{SYS_newfstatat, 1, 0},
	{SYS_statx, 1, 0},
	{SYS_faccessat, 1, 0},
	{SYS_faccessat2, 1, 0},
	{SYS_readlinkat, 1, 0},
	{SYS_unlinkat, 1, 0},
	{SYS_mkdirat, 1, 0},
	{SYS_renameat2, 1, 0},
	{SYS_linkat, 1, 0},
	{SYS_symlinkat, 2, 1},
	{SYS_fchmodat, 1, 0},
	{SYS_fchownat, 1, 0},
	{SYS_utimensat, 1, 0},
	{SYS_truncate, 0, -1},
	{SYS_statfs, 0, -1},
	{SYS_chdir, 0, -1},
	{SYS_fchdir, -1, 0},
	{SYS_chroot, 0, -1},
	{SYS_mknodat, 1, 0},
	{SYS_mount, 1, -1},
	{SYS_umount2, 0, -1},
	{SYS_inotify_add_watch, 1, -1},
	{SYS_name_to_handle_at, 1, 0},
	{SYS_execve, 0, -1},
	{SYS_execveat, 1, 0},
	{SYS_getxattr, 0, -1},
	{SYS_lgetxattr, 0, -1},
	{SYS_setxattr, 0, -1},
	{SYS_lsetxattr, 0, -1},
	{SYS_listxattr, 0, -1},
	{SYS_llistxattr, 0, -1},
	{SYS_removexattr, 0, -1},
	{SYS_lremovexattr, 0, -1},
	{SYS_read, -1, 0},
	{SYS_readv, -1, 0},
	{SYS_pread64, -1, 0},
	{SYS_preadv, -1, 0},
	{SYS_preadv2, -1, 0},
	{SYS_write, -1, 0},
	{SYS_writev, -1, 0},
	{SYS_pwrite64, -1, 0},
	{SYS_pwritev, -1, 0},
	{SYS_pwritev2, -1, 0},
	{SYS_fsync, -1, 0},
	{SYS_fdatasync, -1, 0},
	{SYS_sync_file_range, -1, 0},
	{SYS_syncfs, -1, 0},
	{SYS_fstat, -1, 0},
	{SYS_fstatfs, -1, 0},
	{SYS_ftruncate, -1, 0},
	{SYS_fallocate, -1, 0},
	{SYS_getdents64, -1, 0},
	{SYS_lseek, -1, 0},
	{SYS_close, -1, 0},
	{SYS_copy_file_range, -1, 0},
	{SYS_sendfile, -1, 1},
	{SYS_fgetxattr, -1, 0},
	{SYS_fsetxattr, -1, 0},
	{SYS_flistxattr, -1, 0},
	{SYS_fremovexattr, -1, 0},
	{SYS_fchmod, -1, 0},
	{SYS_fchown, -1, 0},
	{SYS_readahead, -1, 0},
};

static const struct file_call *find_call(long nr)
{
	for (size_t i = 0; i < sizeof(CALLS) / sizeof(CALLS[0]); i++)
		if (CALLS[i].nr == nr)
			return &CALLS[i];
	return NULL;
}

bool call_file__is(long syscall)
{
	return syscall >= 0 && find_call(syscall);
}

char *call_file__text(const struct process *p, uint64_t address)
{
	char text[PATH_BYTES];
	size_t used = 0;

	/* Up to the end of a page at a time: the next one may not be there. */
	while (used < sizeof(text)) {
		size_t want = PATH_BYTES - ((address + used) & (PATH_BYTES - 1));
		ssize_t got;

		if (want > sizeof(text) - used)
			want = sizeof(text) - used;
		got = process__read(p, address + used, text + used, want);
		if (got <= 0)
			return NULL;
		if (memchr(text + used, 0, (size_t)got))
			return heap__format("%s", text);
		used += (size_t)got;
	}
	return NULL;
}

char *call_file__path(const struct process *p, const struct sample_thread *t)
{
	const struct file_call *c = find_call(t->syscall);
	int fd = c && c->fd >= 0 ? (int)t->args[(unsigned)c->fd] : -1;
	char *path, *folder = NULL, *whole;

	if (!c)
		return NULL;
	path = c->path >= 0 ? call_file__text(p, t->args[(unsigned)c->path]) : NULL;
	if (c->path >= 0 && !path)
		return NULL;
	if (path && *path == '/')
		return path;
	/* AT_FDCWD is negative. */
	if (fd < 0 ? process__folder(p, &folder) : process__descriptor_path(p, fd, &folder)) {
		free(path);
		return NULL;
	}
	if (!path || !*path) {
		free(path);
		return folder;
	}
	whole = heap__format("%s/%s", folder, path);
	free(folder);
	free(path);
	return whole;
}

/* ---- FIFOs ------------------------------------------------------------------------ */

/* The flags of a call that opens a file; false: it does not. */
static bool flags_of(const struct process *p, const struct sample_thread *t, uint64_t *ret)
{
	switch (t->syscall) {
#ifdef SYS_open
	case SYS_open:
		*ret = t->args[1];
		return true;
	case SYS_creat:
		*ret = O_WRONLY;
		return true;
#endif
	case SYS_openat:
		*ret = t->args[2];
		return true;
	case SYS_openat2: /* the first member of struct open_how */
		return process__read(p, t->args[2], ret, sizeof(*ret)) == (ssize_t)sizeof(*ret);
	default:
		return false;
	}
}

enum fifo_open call_file__opens_fifo(const struct process *p, const struct sample_thread *t)
{
	uint64_t flags;

	if (t->state != 'S' || !flags_of(p, t, &flags) || (flags & (O_NONBLOCK | O_PATH)) ||
	    (flags & O_ACCMODE) == O_RDWR || !S_ISFIFO(process__cached_mode(p, t->path)))
		return FIFO_NOT;
	return (flags & O_ACCMODE) == O_WRONLY ? FIFO_FOR_WRITING : FIFO_FOR_READING;
}

static bool may_hang(const struct sample_thread *t)
{
	return t->blocked && (t->state == 'S' || t->state == 'D') && t->syscall >= 0;
}

void call_files__name(struct targets *targets, struct sample *s)
{
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];
		bool wanted = may_hang(t) && !t->path && call_file__is(t->syscall);
		struct target *target = wanted ? targets__get(targets, t->pid) : NULL;
		char *path = target ? call_file__path(target->process, t) : NULL;

		if (!path)
			continue;
		t->path = arena__string(&s->arena, path);
		/* To open it waits until a process opens the other end, for long or not. */
		t->fifo = t->blocked_ns < NS_OF_MS(LOG_STALL_MS) ? FIFO_NOT
								 : call_file__opens_fifo(target->process, t);
		free(path);
	}
}
