// SPDX-License-Identifier: GPL-2.0-or-later
/* What the parser says of a module: numbers and texts that are checked before they are used. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/module_private.h"
#include "util/heap.h"

static bool symbol_covers(const struct symbol_body *s, uint64_t vaddr)
{
	return s->found && s->start <= vaddr && vaddr < s->end;
}

const struct elf_symbol *module__function(struct module *m, const struct module_place *at, uint64_t vaddr)
{
	struct parser_ask a = {.request = {.kind = PARSER_FUNCTION, .vaddr = vaddr}};
	const struct parser_message *answer;
	struct symbol_body b;
	const char *name;

	if (module__ask(m, at, &a, BUDGET_NAMES, sizeof(b), &answer))
		return NULL;
	memcpy(&b, answer->body, sizeof(b));
	name = parser_message__text(answer, b.name);
	if (!symbol_covers(&b, vaddr) || !name)
		return NULL;
	free(m->found_name);
	m->found_name = heap__string(name);
	m->found =
		(struct elf_symbol){.start = b.start, .end = b.end, .name = m->found_name, .sized = b.sized};
	return &m->found;
}

bool module__object(struct module *m, const struct module_place *at, uint64_t vaddr, struct module_name *ret)
{
	struct parser_ask a = {.request = {.kind = PARSER_OBJECT, .vaddr = vaddr}};
	const struct parser_message *answer;
	struct symbol_body b;

	if (module__ask(m, at, &a, BUDGET_NAMES, sizeof(b), &answer))
		return false;
	memcpy(&b, answer->body, sizeof(b));
	*ret = (struct module_name){.function = parser_message__text(answer, b.name), .start = b.start};
	return symbol_covers(&b, vaddr) && ret->function;
}

static struct module_name name_of(const struct parser_message *m, const struct names_frame *f)
{
	const char *file = parser_message__text(m, f->file);

	return (struct module_name){.function = parser_message__text(m, f->name),
				    .file = file,
				    .line = file && f->line > 0 ? f->line : 0,
				    .start = f->start};
}

/* Without DWARF, or where that has no name, by the symbol. */
static void add_symbol(const struct module *m, const struct parser_message *from, const struct symbol_body *s,
		       bool has_frames, uint64_t vaddr, struct module_name *to)
{
	if (!symbol_covers(s, vaddr))
		s = NULL;
	if (s && !to->function)
		to->function = parser_message__text(from, s->name);
	if (s && !has_frames)
		to->start = s->start;
	if (!to->function || to->start > vaddr)
		to->start = m->facts.start;
}

size_t module__names(struct module *m, const struct module_place *at, enum symbol_lines lines, uint64_t vaddr,
		     struct module_name list[DWARF_FRAMES_MAX])
{
	struct parser_ask a = {.request = {.kind = PARSER_NAMES, .choice = lines, .vaddr = vaddr}};
	const struct parser_message *answer;
	struct names_body b;
	size_t count;

	list[0] = (struct module_name){.start = m->facts.start};
	if (module__ask(m, at, &a, BUDGET_NAMES, sizeof(b), &answer))
		return 1;
	memcpy(&b, answer->body, sizeof(b));
	if (b.count > DWARF_FRAMES_MAX)
		return 1;
	count = b.count ? b.count : 1;
	for (size_t i = 0; i < count; i++)
		list[i] = name_of(answer, &b.frames[i]);
	add_symbol(m, answer, &b.symbol, b.count != 0, vaddr, &list[count - 1]);
	return count;
}

/* ---- call frame information, members ------------------------------------------ */

bool module__call_frame(struct module *m, const struct module_place *at, enum call_frame_source source,
			uint64_t vaddr, unsigned registers, struct call_frame *ret, const Dwarf_Op **ret_ops)
{
	struct parser_ask a = {
		.request = {.kind = PARSER_FRAME, .choice = source, .vaddr = vaddr, .offset = registers}};
	size_t fixed = offsetof(struct frame_body, ops);
	const struct parser_message *answer;

	memset(ret, 0, sizeof(*ret));
	if (module__ask(m, at, &a, BUDGET_STACKS, fixed, &answer))
		return false;
	memcpy(ret, answer->body, sizeof(*ret));
	if (!call_frame__is_sane(ret) || answer->head.bytes != fixed + ret->op_count * sizeof(Dwarf_Op))
		memset(ret, 0, sizeof(*ret));
	*ret_ops = ((const struct frame_body *)answer->body)->ops;
	return ret->found;
}

static bool ask_member(struct module *m, const struct module_place *at, struct parser_ask *a,
		       const char *name, char *buf, size_t size)
{
	const struct parser_message *answer;
	struct text_body b;
	const char *text;

	a->text = name;
	a->bytes = strlen(name);
	if (module__ask(m, at, a, BUDGET_NAMES, sizeof(b), &answer))
		return false;
	memcpy(&b, answer->body, sizeof(b));
	text = parser_message__text(answer, b.text);
	if (text)
		snprintf(buf, size, "%s", text);
	return text;
}

bool module__go_variable(struct module *m, const struct module_place *at, enum symbol_lines lines,
			 const char *variable, uint64_t offset, char *buf, size_t size)
{
	struct parser_ask a = {.request = {.kind = PARSER_VARIABLE, .choice = lines, .offset = offset}};

	return ask_member(m, at, &a, variable, buf, size);
}

bool module__go_receiver(struct module *m, const struct module_place *at, enum symbol_lines lines,
			 const char *method, uint64_t offset, char *buf, size_t size)
{
	struct parser_ask a = {.request = {.kind = PARSER_RECEIVER, .choice = lines, .offset = offset}};

	return ask_member(m, at, &a, method, buf, size);
}
