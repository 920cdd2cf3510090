// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwind/by_code.h"

#include <stdlib.h>
#include <string.h>

#include "unwind/arch.h"
#include "util/heap.h"

#define PROLOGUE_MAX 128
#define ENTRY_BYTES  64 /* the start of a program, in startup code */

/* Whether the code at the address is that. */
static bool is_code(const struct process *p, uint64_t address, const struct arch_code *c)
{
	uint8_t code[ARCH_CODE_BYTES_MAX];

	return process__read(p, address, code, c->size) == (ssize_t)c->size &&
	       memcmp(code, c->bytes, c->size) == 0;
}

bool by_code__is_sigreturn(const struct process *p, uint64_t address)
{
	return is_code(p, address, &unwind_arch.sigreturn);
}

static bool is_behind_syscall(const struct process *p, uint64_t address)
{
	return p && is_code(p, address - unwind_arch.syscall.size, &unwind_arch.syscall);
}

bool by_code__is_behind_call(const struct process *p, uint64_t address)
{
	uint8_t code[ARCH_CODE_BYTES_MAX];
	size_t size = unwind_arch.call_bytes;

	return process__read(p, address - size, code, size) == (ssize_t)size && arch__is_call(code);
}

uint64_t by_code__called(const struct process *p, uint64_t after)
{
	uint8_t code[ARCH_CODE_BYTES_MAX];
	size_t size = unwind_arch.call_bytes;
	uint64_t address;
	bool is_slot;

	if (after < size || process__read(p, after - size, code, size) != (ssize_t)size)
		return 0;
	address = arch__called(code, after, &is_slot);
	if (address && is_slot &&
	    process__read(p, address, &address, sizeof(address)) != (ssize_t)sizeof(address))
		return 0;
	return address;
}

bool by_code__function(struct module *m, const struct module_place *place, uint64_t vaddr, uint64_t address,
		       struct row *row)
{
	const struct elf_symbol *s = module__function(m, place, vaddr);
	uint64_t start = s ? s->start : module__entry(m), size = s ? s->end - s->start : ENTRY_BYTES;
	uint8_t *code;
	bool good;

	/* A part that the compiler split off starts in the middle of a function. */
	if (!place->process || !size || size > FUNCTION_BYTES_MAX || (s && strstr(s->name, ".cold")) ||
	    vaddr - start >= size)
		return false;
	code = heap__alloc(size);
	good = process__read(place->process, address - (vaddr - start), code, size) == (ssize_t)size &&
	       arch__function_row(code, size, vaddr - start, row);
	free(code);
	return good;
}

/* bytes is to be freed; NULL: it cannot be read. */
static struct code_around read_code(const struct process *p, const struct mapping *map, uint64_t address)
{
	uint64_t start = address - map->start > AROUND_BYTES ? address - AROUND_BYTES : map->start;
	uint64_t end = map->end - address > AROUND_BYTES ? address + AROUND_BYTES : map->end;
	struct code_around c = {.size = end - start, .at = address - start};

	c.bytes = p ? heap__alloc(c.size) : NULL;
	if (!c.bytes || process__read(p, start, c.bytes, c.size) != (ssize_t)c.size) {
		free(c.bytes);
		return (struct code_around){0};
	}
	/* Rows are asked for one byte before a return address. */
	c.behind_call = c.at + 1 >= unwind_arch.call_bytes &&
			arch__is_call(c.bytes + c.at + 1 - unwind_arch.call_bytes);
	c.at += c.behind_call;
	return c;
}

bool by_code__forward(const struct process *p, const struct mapping *map, uint64_t address, struct row *row)
{
	struct code_around c = read_code(p, map, address);
	bool good = c.bytes && arch__forward_row(&c, row);

	free(c.bytes);
	return good;
}

/* The walk checks that what a stub's rules give is a return address. */
bool by_code__behind_syscall(const struct process *p, const struct mapping *map, uint64_t address,
			     struct row *row)
{
	if (!is_behind_syscall(p, address))
		return false;
	if (!map || !by_code__forward(p, map, address, row))
		arch__stub_row(row);
	return true;
}

void by_code__generated(const struct process *p, const struct mapping *map, uint64_t address, bool is_return,
			struct row *row)
{
	struct code_around c = read_code(p, map, address);

	row->generated = true;
	if (!c.bytes)
		return;
	/* Not every return address follows a call: interpreters push an address and jump. */
	if (is_return && !c.behind_call && c.at + 1 < c.size)
		c.at++;
	arch__generated_row(&c, address + is_return, row);
	free(c.bytes);
}

enum frame_use by_code__frame_use(struct module *m, const struct module_place *place, uint64_t vaddr,
				  uint64_t address)
{
	const struct elf_symbol *s = module__function(m, place, vaddr);
	uint8_t code[PROLOGUE_MAX];
	ssize_t n;

	if (!s)
		return FRAME_UNKNOWN;
	n = process__read(place->process, address - (vaddr - s->start), code, sizeof(code));
	if (n > (ssize_t)(vaddr - s->start))
		n = (ssize_t)(vaddr - s->start);
	return n > 0 && arch__sets_up_frame(code, (size_t)n) ? FRAME_SET_UP : FRAME_LESS;
}
