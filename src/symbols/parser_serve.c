// SPDX-License-Identifier: GPL-2.0-or-later
/* In the parser: one request, one reply. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "symbols/demangle.h"
#include "symbols/dwarf_members.h"
#include "symbols/parser_wire.h"
#include "symbols/symbols.h"
#include "util/heap.h"

/* By the collector's number. */
static struct {
	struct parsed **list;
	size_t room;
} modules;

struct turn {
	const struct parser_request *r;
	const char *text;
	const struct module_place *at;
	struct parser_message *to;
};

/* The fixed part of the body, zeroed. */
static void *begin_body(struct turn *t, size_t size)
{
	t->to->head.bytes = (uint32_t)size;
	return memset(t->to->body, 0, size);
}

/* 0: no text, or no room for it. */
static uint32_t add_text(struct turn *t, const char *text)
{
	uint32_t at = t->to->head.bytes;
	size_t n = text ? strnlen(text, SYMBOL_NAME_MAX) : 0;

	if (!text || n + 1 > PARSER_BODY_MAX - at)
		return 0;
	memcpy(t->to->body + at, text, n);
	t->to->body[at + n] = '\0';
	t->to->head.bytes = at + (uint32_t)n + 1;
	return at;
}

static uint32_t add_pretty(struct turn *t, const char *name)
{
	char buf[SYMBOL_NAME_MAX + 1];

	if (!name)
		return 0;
	demangle(name, buf, sizeof(buf));
	return add_text(t, buf);
}

static uint32_t add_scoped(struct turn *t, const struct dwarf_frame *f)
{
	char buf[SYMBOL_NAME_MAX + 1];

	if (!f->name || !f->scope[0])
		return add_pretty(t, f->name);
	snprintf(buf, sizeof(buf), "%s%s", f->scope, f->name);
	return add_text(t, buf);
}

static struct parsed *module_of(const struct turn *t)
{
	return t->r->module < modules.room ? modules.list[t->r->module] : NULL;
}

static void set_module(const struct turn *t, struct parsed *m)
{
	size_t room = modules.room, wanted = t->r->module + (size_t)1;

	if (wanted > room) {
		modules.room = wanted + room / 2;
		modules.list = heap__resize(modules.list, modules.room, sizeof(*modules.list));
		memset(modules.list + room, 0, (modules.room - room) * sizeof(*modules.list));
	}
	parsed__put(modules.list[t->r->module]);
	modules.list[t->r->module] = m;
}

/* ---- opening ---------------------------------------------------------------------- */

/* Of the vDSO: no file, and no descriptor is kept for it. */
static int open_image(int fd, uint64_t bytes, struct parsed **ret)
{
	uint8_t *image = heap__alloc(bytes);
	ssize_t n = pread(fd, image, bytes, 0);
	int err = n < 0 ? -errno : parsed__open_memory(image, (size_t)n, ret);

	close(fd);
	free(image);
	return err;
}

static int do_open(struct turn *t, int fd)
{
	struct opened_body *b;
	struct parsed *m = NULL;
	const GElf_Phdr *loads;
	int err;

	if (fd < 0)
		return -EMFILE;
	err = t->r->choice ? open_image(fd, t->r->offset, &m) : parsed__open_fd(fd, &m);
	if (err)
		return err;
	set_module(t, m);
	b = begin_body(t, sizeof(*b));
	b->start = parsed__start(m);
	b->end = parsed__end(m);
	b->entry = parsed__entry(m);
	b->native = parsed__is_native(m);
	b->load_count = (uint32_t)parsed__loads(m, &loads);
	for (size_t i = 0; i < b->load_count; i++)
		b->loads[i] = (struct opened_load){loads[i].p_offset, loads[i].p_filesz, loads[i].p_vaddr,
						   loads[i].p_flags & PF_X};
	return 0;
}

static int do_close(const struct turn *t)
{
	if (module_of(t))
		set_module(t, NULL);
	return 0;
}

static int do_read(struct turn *t, int fd)
{
	struct elf_file f;
	int err;

	if (fd < 0)
		return -EMFILE;
	err = elf_file__open_fd(fd, &f);
	if (err)
		return err;
	memcpy(begin_body(t, t->r->bytes), t->text, t->r->bytes);
	err = t->r->read(&f, t->to->body);
	elf_file__close(&f);
	return err;
}

/* ---- names --------------------------------------------------------------------------- */

static bool wants_lines(const struct turn *t, struct parsed *m)
{
	return t->r->choice == LINES_ALWAYS || (t->r->choice == LINES_QUICK && parsed__lines_quick(m, t->at));
}

static int do_names(struct turn *t, struct parsed *m)
{
	struct dwarf_lines *lines = wants_lines(t, m) ? parsed__lines(m, t->at) : NULL;
	struct dwarf_frame list[DWARF_FRAMES_MAX] = {0};
	size_t n = lines ? dwarf_lines__find(lines, t->r->vaddr, list) : 0;
	const struct elf_symbol *e = parsed__function(m, t->at, t->r->vaddr);
	struct names_body *b = begin_body(t, sizeof(*b));

	b->count = (uint32_t)n;
	/* The function before what is inlined in it, if there is no room for all names. */
	if (e)
		b->symbol = (struct symbol_body){e->start, e->end, 1, e->sized, add_pretty(t, e->name)};
	for (size_t i = n ? n : 1; i > 0; i--)
		b->frames[i - 1] = (struct names_frame){list[i - 1].start, add_scoped(t, &list[i - 1]),
							add_text(t, list[i - 1].file), list[i - 1].line};
	return 0;
}

static int do_symbol(struct turn *t, const struct elf_symbol *e, bool pretty)
{
	struct symbol_body *b = begin_body(t, sizeof(*b));

	if (e)
		*b = (struct symbol_body){e->start, e->end, 1, e->sized,
					  pretty ? add_pretty(t, e->name) : add_text(t, e->name)};
	return 0;
}

static int do_frame(struct turn *t, struct parsed *m)
{
	struct frame_body *b = begin_body(t, offsetof(struct frame_body, ops));

	call_frame__read(t->r->choice ? parsed__debug_frame(m, t->at) : parsed__eh_frame(m, t->at),
			 t->r->vaddr, (unsigned)t->r->offset, &b->frame, b->ops);
	t->to->head.bytes += (uint32_t)(b->frame.op_count * sizeof(*b->ops));
	return 0;
}

static int do_member(struct turn *t, struct parsed *m)
{
	struct dwarf_lines *lines = wants_lines(t, m) ? parsed__lines(m, t->at) : NULL;
	Dwarf *dwarf = lines ? dwarf_lines__dwarf(lines) : NULL;
	struct text_body *b = begin_body(t, sizeof(*b));
	char buf[SYMBOL_NAME_MAX + 1];

	if (dwarf && (t->r->kind == PARSER_VARIABLE
			      ? dwarf_members__of_variable(dwarf, t->text, t->r->offset, buf, sizeof(buf))
			      : dwarf_members__of_receiver(dwarf, t->text, t->r->offset, buf, sizeof(buf))))
		b->text = add_text(t, buf);
	return 0;
}

static int do_with(struct turn *t, struct parsed *m)
{
	switch (t->r->kind) {
	case PARSER_NAMES:
		return do_names(t, m);
	case PARSER_FUNCTION:
		return do_symbol(t, parsed__function(m, t->at, t->r->vaddr), false);
	case PARSER_OBJECT:
		return do_symbol(t, parsed__object(m, t->at, t->r->vaddr), true);
	case PARSER_FRAME:
		return do_frame(t, m);
	default:
		return do_member(t, m);
	}
}

static int do_request(struct turn *t, int fd)
{
	struct parsed *m;

	switch (t->r->kind) {
	case PARSER_OPEN:
		return do_open(t, fd);
	case PARSER_READ:
		return do_read(t, fd);
	case PARSER_CLOSE:
		return do_close(t);
	}
	m = module_of(t);
	return m ? do_with(t, m) : -ENOENT;
}

void parser_serve__request(const struct parser_request *r, const char *text, int fd,
			   const struct module_place *at, struct parser_message *ret)
{
	struct turn t = {r, text, at, ret};

	ret->head.bytes = 0;
	ret->head.error = do_request(&t, fd);
}
