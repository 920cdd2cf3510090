/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/debug_file.h"
#include "symbols/debuginfod.h"
#include "util/heap.h"

#define MINI_BYTES_MAX  (128u << 20) /* unpacked */
#define LZMA_MEMORY_MAX (256u << 20)
#define DEBUG_DIR       "/usr/lib/debug"

/* The same path below threadscope's own root. */
static int open_own(const char *path)
{
	struct stat st;
	char name[64];
	int fd, path_fd = open(path, O_PATH | O_CLOEXEC);

	if (path_fd < 0)
		return -errno;
	if (fstat(path_fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(path_fd);
		return -EINVAL;
	}
	snprintf(name, sizeof(name), "/proc/self/fd/%d", path_fd);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	close(path_fd);
	return fd < 0 ? -errno : fd;
}

static bool same_build_id(const struct elf_file *f, const uint8_t *id, size_t len)
{
	uint8_t own[64];

	return elf_file__build_id(f, own, sizeof(own)) == len && memcmp(own, id, len) == 0;
}

/* CRC-32 of the whole file, as objcopy --add-gnu-debuglink computes it. */
static bool crc_matches(int fd, uint32_t want)
{
	uint8_t buf[65536];
	uint32_t crc = 0;
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, buf, sizeof(buf), at)) > 0 && at < (off_t)ELF_FILE_BYTES_MAX) {
		crc = lzma_crc32(buf, (size_t)n, crc);
		at += n;
	}
	return n == 0 && crc == want;
}

struct wanted {
	const uint8_t *id; /* or NULL: by crc */
	size_t id_len;
	uint32_t crc;
};

static int try_fd(int fd, const struct wanted *w, struct elf_file *ret)
{
	struct elf_file f;
	int err;

	if (fd < 0)
		return fd;
	if (!w->id && !crc_matches(fd, w->crc)) {
		close(fd);
		return -ENOENT;
	}
	err = elf_file__open_fd(fd, &f);
	if (err)
		return err;
	if (w->id && !same_build_id(&f, w->id, w->id_len)) {
		elf_file__close(&f);
		return -ENOENT;
	}
	*ret = f;
	return 0;
}

static int try_path(const struct process *p, const char *path, const struct wanted *w, struct elf_file *ret)
{
	int err = p ? try_fd(process__open_path(p, path), w, ret) : -ENOENT;

	return err ? try_fd(open_own(path), w, ret) : 0;
}

static int by_build_id(const uint8_t *id, size_t len, const struct process *p, struct elf_file *ret)
{
	struct wanted w = {.id = id, .id_len = len};
	char path[256];
	int n = snprintf(path, sizeof(path), DEBUG_DIR "/.build-id/%02x/", id[0]);

	for (size_t i = 1; i < len; i++)
		n += snprintf(path + n, sizeof(path) - (size_t)n, "%02x", id[i]);
	snprintf(path + n, sizeof(path) - (size_t)n, ".debug");
	return try_path(p, path, &w, ret);
}

/* name, padded to four bytes, then the CRC. */
static int by_debuglink(const struct elf_file *main, const struct process *p, const char *path,
			struct elf_file *ret)
{
	static const char *const forms[] = {"%s/%s", "%s/.debug/%s", DEBUG_DIR "%s/%s"};
	Elf_Data *link = elf_file__bytes(main, ".gnu_debuglink");
	const char *slash = strrchr(path, '/');
	struct wanted w = {0};
	char dir[4096], full[8300];
	size_t n;

	if (!link || !slash || (size_t)(slash - path) >= sizeof(dir))
		return -ENOENT;
	n = strnlen(link->d_buf, link->d_size);
	size_t crc_at = (n + 4) & ~(size_t)3;
	if (!n || n > 255 || crc_at + 4 > link->d_size || memchr(link->d_buf, '/', n))
		return -ENOENT;
	memcpy(&w.crc, (char *)link->d_buf + crc_at, 4);
	memcpy(dir, path, (size_t)(slash - path));
	dir[slash - path] = '\0';
	for (size_t i = 0; i < 3; i++) {
		snprintf(full, sizeof(full), forms[i], dir, (char *)link->d_buf);
		/* A file may refer to itself. */
		if (strcmp(full, path) != 0 && try_path(p, full, &w, ret) == 0)
			return 0;
	}
	return -ENOENT;
}

int debug_file__open(const struct elf_file *main, const struct process *p, const char *path,
		     struct elf_file *ret)
{
	uint8_t id[64];
	size_t len = elf_file__build_id(main, id, sizeof(id));

	if (len && by_build_id(id, len, p, ret) == 0)
		return 0;
	if (by_debuglink(main, p, path, ret) == 0)
		return 0;
	return len ? try_fd(debuginfod__open(id, len), &(struct wanted){.id = id, .id_len = len}, ret)
		   : -ENOENT;
}

int debug_file__open_alt(const struct elf_file *f, const struct process *p, const char *path,
			 struct elf_file *ret)
{
	Elf_Data *link = elf_file__bytes(f, ".gnu_debugaltlink");
	struct wanted w = {0};
	char full[8300];
	const char *name, *slash;

	if (!link)
		return -ENOENT;
	name = link->d_buf;
	size_t n = strnlen(name, link->d_size);
	if (!n || n > 4000 || n + 1 >= link->d_size || link->d_size - n - 1 > 64)
		return -ENOENT;
	w.id = (const uint8_t *)name + n + 1;
	w.id_len = link->d_size - n - 1;
	slash = strrchr(path, '/');
	if (name[0] == '/')
		snprintf(full, sizeof(full), "%s", name);
	else
		snprintf(full, sizeof(full), "%.*s/%s", slash ? (int)(slash - path) : 0, path, name);
	if (try_path(p, full, &w, ret) == 0)
		return 0;
	if (by_build_id(w.id, w.id_len, p, ret) == 0)
		return 0;
	return try_fd(debuginfod__open(w.id, w.id_len), &w, ret);
}

int debug_file__unpack_mini(const struct elf_file *main, struct elf_file *ret)
{
	Elf_Data *packed = elf_file__bytes(main, ".gnu_debugdata");
	lzma_stream stream = LZMA_STREAM_INIT;
	size_t room = 0, len = 0;
	uint8_t *buf = NULL;
	lzma_ret code;

	if (!packed)
		return -ENOENT;
	if (lzma_stream_decoder(&stream, LZMA_MEMORY_MAX, 0) != LZMA_OK)
		return -ENOMEM;
	stream.next_in = packed->d_buf;
	stream.avail_in = packed->d_size;
	do {
		if (len == room) {
			uint8_t *more;

			room = room ? room * 2 : 1u << 18;
			more = room <= MINI_BYTES_MAX ? heap__try_resize(buf, room) : NULL;
			if (!more) {
				code = LZMA_MEM_ERROR;
				break;
			}
			buf = more;
		}
		stream.next_out = buf + len;
		stream.avail_out = room - len;
		code = lzma_code(&stream, LZMA_FINISH);
		len = room - stream.avail_out;
	} while (code == LZMA_OK);
	lzma_end(&stream);
	if (code != LZMA_STREAM_END) {
		free(buf);
		return -EINVAL;
	}
	return elf_file__open_memory(buf, len, ret);
}
