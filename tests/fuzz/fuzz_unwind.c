/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two things in one: an ELF image whose call frame information is turned into
 * rules and evaluated, and the same bytes as registers and stack of a walk
 * through the real rules of this very program.
 */
#include <unistd.h>

#include "symbols/module.h"
#include "unwind/expression.h"
#include "unwind/rules.h"
#include "unwind/unwind.h"
#include "tests/fuzz/fuzz.h"

struct input {
	const uint8_t *data;
	size_t size;
};

static bool read_input(void *arg, uint64_t address, void *buf, size_t size)
{
	const struct input *in = arg;

	if (in->size < size)
		return false;
	memcpy(buf, in->data + address % (in->size - size + 1), size);
	return true;
}

static void evaluate(const struct rules *rules, const struct rule *rule, struct input *in)
{
	static uint64_t regs[NREGS];
	struct expression_input e = {
		.regs = regs, .known = 0xff, .cfa = 4096, .cfa_known = true, .read = read_input, .arg = in};
	uint64_t value;

	if (rule->kind == RULE_EXPRESSION || rule->kind == RULE_AT_EXPRESSION)
		expression__evaluate(&rules->expressions[rule->expression], &e, &value);
}

static void as_module(const uint8_t *data, size_t size)
{
	struct module_place at = {.path = ""};
	struct input in = {data, size};
	struct rules rules = {0};
	struct module *m;

	if (module__open_memory(data, size, &m) != 0)
		return;
	uint64_t start = module__start(m), step = (module__end(m) - start) / 197 + 1;
	for (uint64_t i = 0; module__is_native(m) && i < 200; i++) {
		struct row row = {0};

		rules__fill(&rules, m, &at, start + i * step, 0x555500000000, &row);
		if (row.kind != ROW_RULES)
			continue;
		evaluate(&rules, &row.cfa, &in);
		for (int reg = 0; reg < NREGS; reg++)
			evaluate(&rules, &row.regs[reg], &in);
	}
	rules__forget(&rules);
	module__put(m);
}

static void as_stack(const uint8_t *data, size_t size)
{
	static struct process *self;
	static struct symbolizer *symbolizer;
	static struct unwinder *unwinder;
	static struct stack stack;
	const struct mappings *maps;
	struct stack_memory memory = {.start = 0x7ffc00000000, .bytes = data, .len = size};
	struct ts_cfi_row row;
	struct ts_regs regs;
	uint64_t pick;

	if (!self && (process__open(getpid(), &self) || symbolizer__new(self, &symbolizer)))
		abort();
	if (!unwinder)
		unwinder = unwinder__new(symbolizer);
	if (size < sizeof(regs))
		return;
	memcpy(&regs, data, sizeof(regs));
	pick = regs.r[TS_REG_PC];
	maps = symbolizer__mappings(symbolizer);
	/* A pc in some code, and stack values that point at code or stack now and then. */
	const struct mapping *m = &maps->list[pick % maps->count];
	regs.r[TS_REG_PC] = m->start + (pick >> 16) % (m->end - m->start);
	if (pick & 1)
		regs.r[TS_REG_SP] = memory.start + (pick >> 8) % size;
	if (pick & 2)
		regs.r[TS_REG_FP] = memory.start + (pick >> 24) % size;
	if (pick & 4)
		memory.beyond = self;
	unwinder__walk(unwinder, &regs, pick & 8, &memory, &stack);
	if (!stack.count || stack.count > 1024)
		abort();
	for (size_t i = 0; i < stack.count; i++)
		unwinder__row(unwinder, stack.pcs[i], !stack.exact[i], &row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz__new_run();
	as_module(data, size);
	as_stack(data, size);
	return 0;
}
