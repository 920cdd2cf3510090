/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unwind/x86/effects.h"

#include "unwind/x86/registers.h"

bool x86_writes_sp(const struct x86_insn *i)
{
	if (i->vector || !i->has_modrm)
		return false;
	if (i->map)
		return i->map == 1 && i->opcode >= 0x40 && i->opcode <= 0x4f && i->reg == X86_RSP; /* cmov */
	if (i->opcode < 0x40)
		return (i->opcode >> 3) != 7 && /* not cmp */
		       ((i->opcode & 2) ? i->reg == X86_RSP : i->mod == 3 && i->rm == X86_RSP);
	switch (i->opcode) {
	case 0x63:
	case 0x69:
	case 0x6b:
	case 0x8b:
	case 0x8d:
		return i->reg == X86_RSP;
	case 0x81:
	case 0x83:
		return i->mod == 3 && i->rm == X86_RSP && (i->reg & 7) != 7;
	case 0x87:
		return i->reg == X86_RSP || (i->mod == 3 && i->rm == X86_RSP);
	case 0x89:
	case 0xc1:
	case 0xc7:
	case 0xd1:
	case 0xd3:
	case 0xf7:
		return i->mod == 3 && i->rm == X86_RSP;
	}
	return false;
}

enum x86_flow x86_flow(const struct x86_insn *i)
{
	if (i->vector)
		return X86_ONWARD;
	if (i->map == 1 && i->opcode >= 0x80 && i->opcode <= 0x8f)
		return X86_BRANCH;
	if (i->map)
		return i->map == 1 && i->opcode == 0x0b ? X86_NOWHERE : X86_ONWARD; /* ud2 */
	switch (i->opcode) {
	case 0xc2:
	case 0xc3:
	case 0xca:
	case 0xcb:
	case 0xcc:
	case 0xcf:
	case 0xf4:
		return X86_NOWHERE;
	case 0xe8:
		return X86_CALL;
	case 0xe9:
	case 0xeb:
		return X86_JUMP;
	case 0xff:
		return (i->reg & 7) == 4 || (i->reg & 7) == 5 ? X86_ANYWHERE : X86_ONWARD;
	}
	return (i->opcode >= 0x70 && i->opcode <= 0x7f) || (i->opcode >= 0xe0 && i->opcode <= 0xe3)
		       ? X86_BRANCH
		       : X86_ONWARD;
}
