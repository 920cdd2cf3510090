/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/debug_file.h"
#include "symbols/supply.h"
#include "util/heap.h"

#define MINI_BYTES_MAX  (64u << 20) /* unpacked: some 100 KB for most libraries */
#define MINI_CHUNK      (1u << 20)
#define LZMA_MEMORY_MAX (72u << 20) /* xz -9 takes 65 MiB, the default 9 */
#define CRC_CHUNK       65536
#define CRC_NS_PER_MB   300000 /* at least: that a file is read for nothing is known before */
#define KEPT_BYTES      (64 << 20)

static bool same_build_id(const struct elf_file *f, const uint8_t *id, size_t len)
{
	uint8_t own[64];

	return elf_file__build_id(f, own, sizeof(own)) == len && memcmp(own, id, len) == 0;
}

/* An ELF file of the same kind as main? Its first bytes show it, before gigabytes are read for a checksum. */
static bool may_belong(int fd, const struct elf_file *main)
{
	unsigned char head[20]; /* e_ident, e_type, e_machine */
	GElf_Ehdr own;
	uint16_t machine;

	if (!gelf_getehdr(main->elf, &own) || pread(fd, head, sizeof(head), 0) != (ssize_t)sizeof(head))
		return false;
	memcpy(&machine, head + 18, sizeof(machine));
	return !memcmp(head, own.e_ident, EI_VERSION) && machine == own.e_machine;
}

/* CRC-32 of the whole file, as objcopy --add-gnu-debuglink computes it. */
static bool crc_matches(int fd, uint32_t want)
{
	uint8_t *buf;
	uint32_t crc = 0;
	struct stat st;
	off_t at = 0;
	ssize_t n;

	if (fstat(fd, &st))
		return false;
	if (!budget__has_time(((uint64_t)st.st_size >> 20) * CRC_NS_PER_MB)) {
		budget__refuse(budget__file(&st));
		return false;
	}
	buf = heap__alloc(CRC_CHUNK);
	while ((n = pread(fd, buf, CRC_CHUNK, at)) > 0 && at < st.st_size) {
		crc = lzma_crc32(buf, (size_t)n, crc);
		at += n;
		/* Nobody else reads such a file soon, and the page cache has better uses. */
		if (st.st_size > KEPT_BYTES && !(at % KEPT_BYTES))
			posix_fadvise(fd, at - KEPT_BYTES, KEPT_BYTES, POSIX_FADV_DONTNEED);
		if (!budget__has_time(0)) {
			budget__refuse(budget__file(&st));
			break;
		}
	}
	free(buf);
	return n == 0 && crc == want;
}

struct wanted {
	const uint8_t *id; /* or NULL: by crc, as the debug file of main */
	size_t id_len;
	uint32_t crc;
	const struct elf_file *main;
};

static int try_fd(int fd, const struct wanted *w, struct elf_file *ret)
{
	struct elf_file f;
	int err;

	if (fd < 0)
		return fd;
	if (!w->id && (!may_belong(fd, w->main) || !crc_matches(fd, w->crc))) {
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

static void set_wish(struct supply_wish *w, enum supply_kind kind, const void *text, size_t length)
{
	memset(w, 0, offsetof(struct supply_wish, text));
	w->kind = kind;
	w->length = (uint32_t)length;
	memcpy(w->text, text, length);
	w->text[length] = '\0';
}

static int try_place(const struct module_place *at, const struct supply_wish *s, const struct wanted *w,
		     struct elf_file *ret)
{
	return try_fd(supply__get(at->process, at->path, s), w, ret);
}

/* Below /usr/lib/debug of the target, then of the host. */
static int try_both(const struct module_place *at, struct supply_wish *s, const struct wanted *w,
		    struct elf_file *ret)
{
	int err = try_place(at, s, w, ret);

	s->host = true;
	return err ? try_place(at, s, w, ret) : 0;
}

static int by_build_id(const struct wanted *w, const struct module_place *at, struct elf_file *ret)
{
	struct supply_wish s;

	set_wish(&s, SUPPLY_BUILD_ID, w->id, w->id_len);
	return try_both(at, &s, w, ret);
}

static int by_server(const struct wanted *w, const struct module_place *at, struct elf_file *ret)
{
	struct supply_wish s;

	set_wish(&s, SUPPLY_SERVER, w->id, w->id_len);
	return try_place(at, &s, w, ret);
}

/* The file's name of .gnu_debuglink, which is padded to four bytes, then the CRC. NULL: none. */
static const char *debuglink(struct elf_file *main, uint32_t *ret_crc)
{
	Elf_Data *link = elf_file__bytes(main, ".gnu_debuglink");
	const char *name = link ? link->d_buf : NULL;
	size_t n = link ? strnlen(name, link->d_size) : 0, crc_at = (n + 4) & ~(size_t)3;

	if (!n || n > 255 || crc_at + 4 > link->d_size || memchr(name, '/', n) || !strcmp(name, ".."))
		return NULL;
	memcpy(ret_crc, name + crc_at, 4);
	return name;
}

static int by_debuglink(struct elf_file *main, const struct module_place *at, struct elf_file *ret)
{
	struct wanted w = {.main = main};
	const char *name = debuglink(main, &w.crc);
	struct supply_wish s;
	int err;

	if (!name)
		return -ENOENT;
	set_wish(&s, SUPPLY_LINK_BESIDE, name, strlen(name));
	err = try_place(at, &s, &w, ret);
	s.kind = SUPPLY_LINK_BELOW;
	if (err)
		err = try_place(at, &s, &w, ret);
	s.kind = SUPPLY_LINK_AWAY;
	return err ? try_both(at, &s, &w, ret) : 0;
}

int debug_file__open(struct elf_file *main, const struct module_place *at, struct elf_file *ret)
{
	uint8_t id[SUPPLY_ID_MAX];
	struct wanted w = {.id = id, .id_len = elf_file__build_id(main, id, sizeof(id))};

	if (w.id_len && by_build_id(&w, at, ret) == 0)
		return 0;
	if (by_debuglink(main, at, ret) == 0)
		return 0;
	return w.id_len ? by_server(&w, at, ret) : -ENOENT;
}

int debug_file__open_alt(struct elf_file *f, const struct module_place *at, struct elf_file *ret)
{
	Elf_Data *link = elf_file__bytes(f, ".gnu_debugaltlink");
	struct wanted w = {0};
	struct supply_wish s;
	const char *name;
	int err;

	if (!link)
		return -ENOENT;
	name = link->d_buf;
	size_t n = strnlen(name, link->d_size);
	if (!n || n > SUPPLY_TEXT_MAX || n + 1 >= link->d_size || link->d_size - n - 1 > SUPPLY_ID_MAX)
		return -ENOENT;
	w.id = (const uint8_t *)name + n + 1;
	w.id_len = link->d_size - n - 1;
	set_wish(&s, SUPPLY_ALT, name, n);
	err = try_both(at, &s, &w, ret);
	if (err)
		err = by_build_id(&w, at, ret);
	return err ? by_server(&w, at, ret) : 0;
}

/* The output so far. */
struct unpacked {
	uint8_t *buf;
	size_t len, room;
	struct budget_hold hold;
};

static bool make_room(struct unpacked *u)
{
	size_t more = u->room < MINI_CHUNK ? MINI_CHUNK : u->room / 4;
	uint8_t *buf;

	if (u->room + more > MINI_BYTES_MAX || !budget__has_time(0) || !budget__take(&u->hold, more))
		return false;
	buf = heap__try_resize(u->buf, u->room + more);
	if (!buf)
		return false;
	u->buf = buf;
	u->room += more;
	return true;
}

static lzma_ret unpack(lzma_stream *stream, struct unpacked *u)
{
	lzma_ret code;

	do {
		if (u->len == u->room && !make_room(u))
			return LZMA_MEM_ERROR;
		stream->next_out = u->buf + u->len;
		stream->avail_out = u->room - u->len < MINI_CHUNK ? u->room - u->len : MINI_CHUNK;
		code = lzma_code(stream, LZMA_FINISH);
		u->len = (size_t)(stream->next_out - u->buf);
	} while (code == LZMA_OK);
	return code;
}

int debug_file__unpack_mini(struct elf_file *main, struct elf_file *ret)
{
	Elf_Data *packed = elf_file__bytes(main, ".gnu_debugdata");
	lzma_stream stream = LZMA_STREAM_INIT;
	struct budget_hold decoder = {0};
	struct unpacked u = {0};
	lzma_ret code = LZMA_MEM_ERROR;

	if (!packed)
		return main->refused ? -E2BIG : -ENOENT;
	if (budget__take(&decoder, LZMA_MEMORY_MAX) &&
	    lzma_stream_decoder(&stream, LZMA_MEMORY_MAX, 0) == LZMA_OK) {
		stream.next_in = packed->d_buf;
		stream.avail_in = packed->d_size;
		code = unpack(&stream, &u);
		lzma_end(&stream);
	}
	budget__drop(&decoder, UINT64_MAX);
	if (code == LZMA_STREAM_END)
		return elf_file__open_memory(u.buf, u.len, &u.hold, ret);
	free(u.buf);
	budget__drop(&u.hold, UINT64_MAX);
	return code == LZMA_MEM_ERROR || code == LZMA_MEMLIMIT_ERROR ? -E2BIG : -EINVAL;
}
