// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwind/by_code.h"

#include <stdlib.h>
#include <string.h>

#include "unwind/x86/follow.h"
#include "unwind/x86/forward.h"
#include "unwind/x86/decode.h"

#define PROLOGUE_MAX 128
#define ENTRY_BYTES  64 /* where a program begins, in libraries' startup code */

bool by_code__is_sigreturn(const struct process *p, uint64_t address)
{
	uint8_t code[sizeof(SIGRETURN_CODE) - 1];

	return process__read(p, address, code, sizeof(code)) == (ssize_t)sizeof(code) &&
	       memcmp(code, SIGRETURN_CODE, sizeof(code)) == 0;
}

static bool is_behind_syscall(const struct process *p, uint64_t address)
{
	uint8_t code[sizeof(SYSCALL_CODE) - 1];

	return p && process__read(p, address - sizeof(code), code, sizeof(code)) == (ssize_t)sizeof(code) &&
	       memcmp(code, SYSCALL_CODE, sizeof(code)) == 0;
}

/* Such stubs push nothing, so the return address is on top. The walk checks that it is one. */
static bool fill_stub(const struct process *p, uint64_t address, struct row *row)
{
	if (!is_behind_syscall(p, address))
		return false;
	row->kind = ROW_RULES;
	row->pc_from = REG_PC;
	row->cfa = (struct rule){.kind = RULE_REGISTER, .reg = REG_SP, .offset = STUB_CFA};
	for (int i = 0; i < NREGS; i++)
		row->regs[i].kind = RULE_SAME;
	row->regs[REG_SP] = (struct rule){.kind = RULE_OFFSET};
	row->regs[REG_PC] = (struct rule){.kind = RULE_AT_OFFSET, .offset = STUB_RETURN_AT};
	return true;
}

bool by_code__function(struct module *m, const struct module_place *place, uint64_t vaddr, uint64_t address,
		       struct row *row)
{
	const struct elf_symbol *s = module__function(m, place, vaddr);
	uint64_t start = s ? s->start : module__entry(m), size = s ? s->end - s->start : ENTRY_BYTES;
	uint8_t *code;
	bool good;

	/* A part that the compiler moved away begins in the middle of things. */
	if (!place->process || !size || size > FOLLOW_BYTES || (s && strstr(s->name, ".cold")) ||
	    vaddr - start >= size)
		return false;
	code = malloc(size);
	if (!code)
		return false;
	good = process__read(place->process, address - (vaddr - start), code, size) == (ssize_t)size &&
	       follow__row(code, size, vaddr - start, row);
	free(code);
	return good;
}

/* The code around an address, as far as rules look. */
struct surroundings {
	uint8_t *code; /* to be freed; NULL: it cannot be read */
	size_t len;
	size_t at;        /* the next instruction's offset */
	bool behind_call; /* which is what a call returns to */
};

static struct surroundings read_code(const struct process *p, const struct mapping *map, uint64_t address)
{
	uint64_t start = address - map->start > FORWARD_BYTES ? address - FORWARD_BYTES : map->start;
	uint64_t end = map->end - address > FORWARD_BYTES ? address + FORWARD_BYTES : map->end;
	struct surroundings s = {.len = end - start, .at = address - start};

	s.code = p ? malloc(s.len) : NULL;
	if (!s.code || process__read(p, start, s.code, s.len) != (ssize_t)s.len) {
		free(s.code);
		return (struct surroundings){0};
	}
	/* Rows are asked for one byte before a return address. */
	s.behind_call = s.at + 1 >= FOLLOW_CALL_BYTES &&
			follow__is_call(s.code + s.at + 1 - FOLLOW_CALL_BYTES, FOLLOW_CALL_BYTES);
	s.at += s.behind_call;
	return s;
}

bool by_code__forward(const struct process *p, const struct mapping *map, uint64_t address, struct row *row)
{
	struct surroundings s = read_code(p, map, address);
	bool good = s.code && forward__row(s.code, s.len, s.at, s.behind_call, row);

	free(s.code);
	return good;
}

bool by_code__behind_syscall(const struct process *p, const struct mapping *map, uint64_t address,
			     struct row *row)
{
	return is_behind_syscall(p, address) &&
	       ((map && by_code__forward(p, map, address, row)) || fill_stub(p, address, row));
}

/* Offset of the last place before `at` where a function may begin; len: none. */
static size_t find_beginning(const uint8_t *code, size_t len, size_t at)
{
	static const char *const beginnings[] = BEGINNINGS;

	for (size_t i = at; i-- > 0;)
		for (size_t k = 0; k < sizeof(beginnings) / sizeof(beginnings[0]); k++)
			if (i + BEGINNING_BYTES <= at && !memcmp(code + i, beginnings[k], BEGINNING_BYTES))
				return i;
	return len;
}

/*
 * What HotSpot makes functions return to whose code is no longer true (emit_deopt_handler in x86_64.ad and
 * c1_LIRAssembler_x86.cpp): call next; next: subq $5,(%rsp); jmp, or mov $itself,%r10; push %r10; jmp. The
 * frame is still the one that the function's beginning made.
 */
static bool is_deopt_handler(const uint8_t *code, size_t len, uint64_t address)
{
	static const uint8_t by_call[] = {0xe8, 0, 0, 0, 0, 0x48, 0x83, 0x2c, 0x24, 0x05, 0xe9};
	uint8_t by_push[] = {0x49, 0xba, 0, 0, 0, 0, 0, 0, 0, 0, 0x41, 0x52, 0xe9};

	memcpy(by_push + 2, &address, sizeof(address));
	return (len >= sizeof(by_call) && !memcmp(code, by_call, sizeof(by_call))) ||
	       (len >= sizeof(by_push) && !memcmp(code, by_push, sizeof(by_push)));
}

/* Behind the beginning: the frame is all there, nothing else on the stack. */
static void fill_begun(const uint8_t *code, size_t len, struct row *row)
{
	size_t behind = code[2] == 0x83 ? 5 : 8; /* push %rbp; sub $n,%rsp with 8 or 32 bits */

	if (code[2] != 0x83 && code[2] != 0x81)
		row->frame_pointer = true;
	else if (len > behind + X86_LONGEST)
		follow__row(code, behind + X86_LONGEST, behind, row);
}

void by_code__generated(const struct process *p, const struct mapping *map, uint64_t address, bool is_return,
			struct row *row)
{
	struct surroundings s = read_code(p, map, address);
	size_t begin;

	row->generated = true;
	if (!s.code)
		return;
	/* Not each return address lies behind a call: interpreters jump, and push where to go on. */
	if (is_return && !s.behind_call && s.at + 1 < s.len)
		s.at++;
	row->frame_pointer = forward__uses_frame_pointer(s.code, s.len, s.at);
	if (!forward__generated(s.code, s.len, s.at, s.behind_call, row)) {
		begin = find_beginning(s.code, s.len, s.at);
		if (begin < s.len && is_deopt_handler(s.code + s.at, s.len - s.at, address + is_return))
			fill_begun(s.code + begin, s.len - begin, row);
		else if (begin < s.len)
			follow__row(s.code + begin, s.len - begin, s.at - s.behind_call - begin, row);
	}
	free(s.code);
}

enum frame_use by_code__frame_use(struct module *m, const struct module_place *place, uint64_t vaddr,
				  uint64_t address)
{
	static const char *const setups[] = FRAME_SETUP;
	const struct elf_symbol *s = module__function(m, place, vaddr);
	uint8_t code[PROLOGUE_MAX];
	ssize_t n;

	if (!s)
		return FRAME_UNKNOWN;
	n = process__read(place->process, address - (vaddr - s->start), code, sizeof(code));
	if (n > (ssize_t)(vaddr - s->start))
		n = (ssize_t)(vaddr - s->start);
	for (size_t i = 0; i < sizeof(setups) / sizeof(setups[0]); i++)
		if (n > 0 && memmem(code, (size_t)n, setups[i], FRAME_SETUP_BYTES))
			return FRAME_SET_UP;
	return FRAME_LESS;
}
