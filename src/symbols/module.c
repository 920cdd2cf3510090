// SPDX-License-Identifier: GPL-2.0-or-later
/* Which modules there are, and where the parser has them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "symbols/module_private.h"
#include "util/array.h"
#include "util/heap.h"
#include "util/progress.h"

#define PAGE     4096u
#define LEFT_OUT 16

/* The cache of modules in use. A module leaves it with its last user. */
static struct module *modules;

static char *left_out[LEFT_OUT]; /* the oldest makes room */
static size_t next_left_out;

void module__leave_out(const char *path)
{
	free(left_out[next_left_out]);
	left_out[next_left_out] = heap__string(path);
	next_left_out = (next_left_out + 1) % LEFT_OUT;
}

static bool is_left_out(const char *path)
{
	for (size_t i = 0; i < LEFT_OUT && left_out[i]; i++)
		if (path && !strcmp(left_out[i], path))
			return true;
	return false;
}

/* ---- asking ------------------------------------------------------------------------- */

static bool segment_is_sane(const struct opened_load *l)
{
	return l->vaddr + l->bytes >= l->vaddr && l->offset + l->bytes >= l->offset;
}

static bool take_facts(struct module *m, const struct parser_message *from)
{
	struct opened_body b;

	if (from->head.bytes != sizeof(b))
		return false;
	memcpy(&b, from->body, sizeof(b));
	if (b.load_count > LOADS_MAX || b.start > b.end)
		return false;
	for (size_t i = 0; i < b.load_count; i++)
		if (!segment_is_sane(&b.loads[i]))
			return false;
	m->facts = b;
	return true;
}

/* A parser that was given up holds nothing any more. */
static void forget_parser(uint64_t current)
{
	for (struct module *m = modules; m; m = m->next)
		if (m->parser != current)
			budget__drop(&m->held, UINT64_MAX);
}

static int open_there(struct module *m, const struct module_place *at, uint64_t current)
{
	struct parser_ask a = {.request = {.kind = PARSER_OPEN,
					   .module = m->number,
					   .choice = m->image != NULL,
					   .offset = m->image_bytes},
			       .fd = m->fd,
			       .at = at,
			       .file = m->file,
			       .held = &m->held};
	const struct parser_message *answer;
	int err;

	forget_parser(current);
	err = parser__ask(&a, &answer);
	if (err)
		return err;
	if (!take_facts(m, answer))
		return -EPROTO;
	m->parser = current;
	return 0;
}

static bool was_given_up(int err)
{
	return err == -EPIPE || err == -ETIMEDOUT || err == -EPROTO;
}

/* Opens it in the parser that there is, if that is another than before. */
static int try_ask(struct module *m, const struct module_place *at, struct parser_ask *a,
		   const struct parser_message **ret)
{
	uint64_t current = parser__ready();
	int err;

	if (!current)
		return -EAGAIN;
	err = m->parser == current ? 0 : open_there(m, at, current);
	return err || !a ? err : parser__ask(a, ret);
}

/* a NULL: only opens it. */
static int ask(struct module *m, const struct module_place *at, struct parser_ask *a,
	       const struct parser_message **ret)
{
	int err = -ENOENT;

	if (a) {
		a->request.module = m->number;
		a->fd = -1;
		a->at = at;
		a->file = m->file;
		a->held = &m->held;
	}
	if (!m->dead && is_left_out(at->path)) {
		m->dead = true;
		budget__refuse(m->file);
	}
	progress__at(at->path);
	for (int i = 0; i < 2 && !m->dead; i++) {
		err = try_ask(m, at, a, ret);
		if (err != -ECHILD) /* the parser had ended before */
			break;
	}
	progress__at(NULL);
	m->dead |= was_given_up(err);
	return err;
}

int module__ask(struct module *m, const struct module_place *at, struct parser_ask *a, enum budget_use use,
		size_t least, const struct parser_message **ret)
{
	int err;

	budget__begin(process__budget(at->process), use);
	err = ask(m, at, a, ret);
	budget__end();
	return err ? err : (*ret)->head.bytes < least ? -EPROTO : 0;
}

/* ---- opening ------------------------------------------------------------------------------ */

/* Small numbers, used again. */
static struct {
	uint32_t *list;
	size_t count, room;
	uint32_t used;
} numbers;

static uint32_t take_number(void)
{
	return numbers.count ? numbers.list[--numbers.count] : numbers.used++;
}

static void give_number(uint32_t n)
{
	*ARRAY_ADD(numbers.list, numbers.count, numbers.room) = n;
}

static int open_new(struct module *m, const struct module_place *at, struct module **ret)
{
	int err;

	m->users = 1;
	m->number = take_number();
	m->next = modules;
	modules = m;
	err = ask(m, at, NULL, NULL);
	if (err)
		module__put(m);
	else
		*ret = m;
	return err;
}

int module__open_file(struct found_file *file, const struct module_place *at, struct module **ret)
{
	struct module_key key = module_key__of(&file->st);
	struct module *m;
	int fd;

	for (m = modules; m; m = m->next) {
		if (module_key__same(&m->key, &key)) {
			found_file__drop(file);
			*ret = module__get(m);
			return 0;
		}
	}
	fd = found_file__contents(file);
	if (fd < 0)
		return fd;
	m = HEAP_NEW(struct module, 1);
	m->fd = fd;
	m->file = budget__file(&file->st);
	memcpy(&m->key, &key, sizeof(key));
	return open_new(m, at, ret);
}

/* The parser reads it as it reads files. */
static int image_file(const void *image, size_t len)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (write(fd, image, len) == (ssize_t)len)
		return fd;
	close(fd);
	return -EIO;
}

int module__open_memory(const void *image, size_t len, struct module **ret)
{
	struct module *m;
	int fd;

	for (m = modules; m; m = m->next) {
		if (m->image && m->image_bytes == len && memcmp(m->image, image, len) == 0) {
			*ret = module__get(m);
			return 0;
		}
	}
	fd = image_file(image, len);
	if (fd < 0)
		return fd;
	m = HEAP_NEW(struct module, 1);
	m->fd = fd;
	m->image = heap__copy(image, len);
	m->image_bytes = len;
	return open_new(m, &(struct module_place){.path = "[vdso]"}, ret);
}

struct module *module__get(struct module *m)
{
	m->users++;
	return m;
}

void module__put(struct module *m)
{
	struct module **at = &modules;

	if (!m || --m->users)
		return;
	while (*at != m)
		at = &(*at)->next;
	*at = m->next;
	if (m->parser && m->parser == parser__current())
		parser__forget(m->number, &m->held);
	budget__drop(&m->held, UINT64_MAX);
	give_number(m->number);
	close(m->fd);
	free(m->image);
	free(m->found_name);
	free(m);
}

/* ---- addresses ---------------------------------------------------------- */

bool module__vaddr(const struct module *m, uint64_t file_offset, bool executable, uint64_t *ret)
{
	/* The kernel maps whole pages, so neighbouring segments can share a page of the file. */
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < m->facts.load_count; i++) {
			const struct opened_load *l = &m->facts.loads[i];
			uint64_t low = l->offset & ~(uint64_t)(PAGE - 1);

			if (pass == 0 && !!l->executable != executable)
				continue;
			if (file_offset < low || file_offset >= l->offset + l->bytes)
				continue;
			*ret = l->vaddr + file_offset - l->offset;
			return true;
		}
	}
	return false;
}

uint64_t module__start(const struct module *m)
{
	return m->facts.start;
}

uint64_t module__end(const struct module *m)
{
	return m->facts.end;
}

uint64_t module__entry(const struct module *m)
{
	return m->facts.entry;
}

bool module__is_native(const struct module *m)
{
	return m->facts.native;
}
