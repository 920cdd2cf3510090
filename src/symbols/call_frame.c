// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/call_frame.h"

#include <stdlib.h>
#include <string.h>

static void add(struct call_frame *f, Dwarf_Op *to, struct call_frame_rule *rule, const Dwarf_Op *ops,
		size_t count, bool plain)
{
	if (count > CALL_FRAME_OPS - f->op_count)
		return;
	*rule = (struct call_frame_rule){
		.known = true, .plain = plain, .first = (uint16_t)f->op_count, .count = (uint16_t)count};
	if (count)
		memcpy(to + f->op_count, ops, count * sizeof(*ops));
	f->op_count += (uint32_t)count;
}

void call_frame__read(Dwarf_CFI *cfi, uint64_t vaddr, unsigned registers, struct call_frame *ret,
		      Dwarf_Op *ops)
{
	Dwarf_Frame *frame = NULL;
	Dwarf_Op mem[3], *own;
	bool signal = false;
	size_t n;

	memset(ret, 0, sizeof(*ret));
	ret->has_any = cfi != NULL;
	if (!cfi || dwarf_cfi_addrframe(cfi, vaddr, &frame) != 0)
		return;
	ret->found = true;
	ret->pc_from = dwarf_frame_info(frame, NULL, NULL, &signal);
	ret->signal = signal;
	if (dwarf_frame_cfa(frame, &own, &n) == 0)
		add(ret, ops, &ret->cfa, own, n, false);
	for (unsigned i = 0; i < registers && i < CALL_FRAME_REGS; i++)
		if (dwarf_frame_register(frame, (int)i, mem, &own, &n) == 0)
			add(ret, ops, &ret->regs[i], own, n, own == mem);
	free(frame);
}

static bool is_inside(const struct call_frame *f, const struct call_frame_rule *r)
{
	return r->first <= f->op_count && r->count <= f->op_count - r->first;
}

bool call_frame__is_sane(const struct call_frame *f)
{
	bool sane = f->op_count <= CALL_FRAME_OPS && is_inside(f, &f->cfa);

	for (unsigned i = 0; sane && i < CALL_FRAME_REGS; i++)
		sane = is_inside(f, &f->regs[i]);
	return sane;
}
