// SPDX-License-Identifier: GPL-2.0-or-later
/* After the opcode maps in appendix A of the Intel manual, volume 2. */
#include "unwind/x86/decode.h"

#include <string.h>

struct cursor {
	const uint8_t *code;
	size_t at, size;
	bool failed;
	bool short_operand, short_address; /* 66, 67 */
	bool segment, locked;              /* 64 or 65, f0 */
	uint8_t rex;
};

static uint8_t take(struct cursor *c)
{
	if (c->at >= c->size || c->at >= X86_LONGEST) {
		c->failed = true;
		return 0;
	}
	return c->code[c->at++];
}

static int64_t take_signed(struct cursor *c, unsigned bytes)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < bytes; i++)
		value |= (uint64_t)take(c) << (8 * i);
	if (bytes && bytes < 8 && (value >> (8 * bytes - 1) & 1))
		value |= UINT64_MAX << (8 * bytes);
	return (int64_t)value;
}

static uint8_t take_prefixes(struct cursor *c)
{
	for (;;) {
		uint8_t byte = take(c);

		switch (byte) {
		case 0x66:
			c->short_operand = true;
			break;
		case 0x67:
			c->short_address = true;
			break;
		case 0x64:
		case 0x65:
			c->segment = true;
			break;
		case 0xf0:
			c->locked = true;
			break;
		case 0x26:
		case 0x2e:
		case 0x36:
		case 0x3e:
		case 0xf2:
		case 0xf3:
			break;
		default:
			if ((byte & 0xf0) != 0x40)
				return byte;
			c->rex = byte; /* the opcode must follow */
			return take(c);
		}
		if (c->failed)
			return 0;
	}
}

static void take_modrm(struct cursor *c, struct x86_insn *i)
{
	uint8_t byte = take(c), base, sib;
	unsigned displacement = 0;

	i->has_modrm = true;
	i->mod = byte >> 6;
	i->reg = (byte >> 3 & 7) | (c->rex & 4) << 1;
	base = byte & 7;
	i->rm = base | (c->rex & 1) << 3;
	if (i->mod == 3)
		return;
	i->plain_address = !c->segment && !c->short_address;
	i->base = i->rm;
	if (base == 4) {
		sib = take(c);
		base = sib & 7;
		i->sp_based = base == 4 && (sib >> 3 & 7) == 4 && !(c->rex & 3);
		i->base = base | (c->rex & 1) << 3;
		/* Without an index, and with a base. */
		i->plain_address =
			i->plain_address && (sib >> 3 & 7) == 4 && !(c->rex & 2) && (base != 5 || i->mod);
	} else if (base == 5 && !i->mod) {
		i->base = X86_BASE_PC;
	} else if (base == 5 && i->mod) {
		i->fp_based = !(c->rex & 1);
	}
	if (i->mod == 1)
		displacement = 1;
	else if (i->mod == 2 || base == 5)
		displacement = 4;
	i->displacement = (int32_t)take_signed(c, displacement);
}

/* Bytes of the immediate of a one-byte opcode; *modrm: whether it has that byte. -1: no such instruction. */
static int one_byte_form(const struct cursor *c, uint8_t op, bool *modrm)
{
	int full = c->short_operand ? 2 : 4;

	*modrm = false;
	if (op < 0x40) {
		if ((op & 7) == 4)
			return 1;
		if ((op & 7) == 5)
			return full;
		*modrm = (op & 7) < 4;
		return *modrm ? 0 : -1;
	}
	if (op >= 0xb0 && op <= 0xbf)
		return op < 0xb8 ? 1 : c->rex & 8 ? 8 : full;
	if ((op >= 0x70 && op <= 0x7f) || (op >= 0xe0 && op <= 0xe7))
		return 1;
	if ((op >= 0x84 && op <= 0x8f) || (op >= 0xd0 && op <= 0xd3) || (op >= 0xd8 && op <= 0xdf)) {
		*modrm = true;
		return 0;
	}
	if (op >= 0xa0 && op <= 0xa3)
		return c->short_address ? 4 : 8;
	switch (op) {
	case 0x60:
	case 0x61:
	case 0x82:
	case 0x9a:
	case 0xce:
	case 0xd4:
	case 0xd5:
	case 0xd6:
	case 0xea:
		return -1;
	case 0x63:
	case 0xfe:
	case 0xff:
	case 0xf6: /* and f7: the immediate depends on ModRM */
	case 0xf7:
		*modrm = true;
		return 0;
	case 0x69:
	case 0x81:
	case 0xc7:
		*modrm = true;
		return full;
	case 0x6b:
	case 0x80:
	case 0x83:
	case 0xc0:
	case 0xc1:
	case 0xc6:
		*modrm = true;
		return 1;
	case 0x68:
	case 0xa9:
		return full;
	case 0xe8:
	case 0xe9:
		return 4;
	case 0x6a:
	case 0xa8:
	case 0xcd:
	case 0xeb:
		return 1;
	case 0xc2:
	case 0xca:
		return 2;
	case 0xc8:
		return 3;
	}
	return 0;
}

static int two_byte_form(uint8_t op, bool *modrm)
{
	*modrm = false;
	if (op >= 0x80 && op <= 0x8f)
		return 4;
	if ((op >= 0x30 && op <= 0x37) || (op >= 0xa0 && op <= 0xa2) || (op >= 0xa8 && op <= 0xaa) ||
	    op >= 0xff)
		return 0;
	if (op >= 0xc8 && op <= 0xcf)
		return 0;
	switch (op) {
	case 0x04:
	case 0x0a:
	case 0x0c:
		return -1;
	case 0x05:
	case 0x06:
	case 0x07:
	case 0x08:
	case 0x09:
	case 0x0b:
	case 0x0e:
	case 0x77:
		return 0;
	}
	*modrm = true;
	if ((op >= 0x70 && op <= 0x73) || op == 0x0f || op == 0xa4 || op == 0xac || op == 0xba ||
	    op == 0xc2 || (op >= 0xc4 && op <= 0xc6))
		return 1;
	return 0;
}

/* The prefixes that contain the map and precede the opcode. */
static uint8_t take_vector(struct cursor *c, uint8_t first, struct x86_insn *i)
{
	uint8_t byte = take(c);

	i->vector = true;
	if (first == 0xc5) {
		i->map = 1;
		return take(c);
	}
	i->map = first == 0x62 ? byte & 7 : byte & 31;
	take(c);
	if (first == 0x62)
		take(c);
	return take(c);
}

static int form_of(struct cursor *c, struct x86_insn *i, bool *modrm)
{
	uint8_t op = take_prefixes(c);

	if (op == 0xc4 || op == 0xc5 || op == 0x62) {
		op = take_vector(c, op, i);
	} else if (op == 0x0f) {
		i->map = 1;
		op = take(c);
		if (op == 0x38 || op == 0x3a) {
			i->map = op == 0x38 ? 2 : 3;
			op = take(c);
		}
	}
	i->opcode = op;
	switch (i->map) {
	case 0:
		return i->vector ? -1 : one_byte_form(c, op, modrm);
	case 1:
		return two_byte_form(op, modrm);
	case 2:
	case 3:
		*modrm = true;
		return i->map == 3;
	}
	return -1;
}

bool x86_decode(const uint8_t *code, size_t size, struct x86_insn *ret)
{
	struct cursor c = {.code = code, .size = size};
	bool modrm = false;
	int immediate;

	memset(ret, 0, sizeof(*ret));
	immediate = form_of(&c, ret, &modrm);
	if (c.failed || immediate < 0)
		return false;
	ret->rex = c.rex;
	ret->wide = c.rex & 8;
	ret->narrow = c.short_operand && !ret->wide;
	ret->locked = c.locked;
	if (modrm)
		take_modrm(&c, ret);
	else
		ret->rm = (ret->opcode & 7) | (c.rex & 1) << 3; /* of push, pop */
	if (!ret->map && (ret->opcode == 0xf6 || ret->opcode == 0xf7) && (ret->reg & 7) < 2)
		immediate = ret->opcode == 0xf6 ? 1 : c.short_operand ? 2 : 4;
	ret->immediate = take_signed(&c, (unsigned)immediate);
	ret->length = c.at;
	return !c.failed;
}
