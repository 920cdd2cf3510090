/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions: their lengths beside objdump's, and the fields that concern the stack, by hand. */
#include "instruction.h"
#include "unwind/x86/decode.h"
#include "unwind/x86/registers.h"
#include "x86_lengths.h"

static const uint8_t PREFIXES[] = {0, 0x66, 0x48, 0x67, 0xf3}; /* 0: none */
/* (%rax); 17(%rsp); disp32(%rsp); a register; disp32(%rip); a register; disp32(%rbp); disp32 alone */
static const uint8_t MODRM[][3] = {{0x00}, {0x44, 0x24, 0x11}, {0x84, 0x24}, {0xc1}, {0x05},
				   {0xf8}, {0x94, 0x25},       {0x04, 0x25}};
static const uint8_t MODRM_BYTES[] = {1, 3, 2, 1, 1, 1, 2, 2};
static const uint8_t REST[] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x11, 0x22, 0x33, 0x44};

static size_t encode(uint8_t *code, uint8_t prefix, unsigned map, unsigned opcode, size_t form)
{
	size_t n = 0;

	if (prefix)
		code[n++] = prefix;
	if (map)
		code[n++] = 0x0f;
	if (map > 1)
		code[n++] = map == 2 ? 0x38 : 0x3a;
	code[n++] = (uint8_t)opcode;
	memcpy(code + n, MODRM[form], MODRM_BYTES[form]);
	n += MODRM_BYTES[form];
	memcpy(code + n, REST, sizeof(REST));
	return n + sizeof(REST);
}

/* Each is also refused if its last byte is missing. */
static void check_length(unsigned map, unsigned opcode, size_t combination, char digit)
{
	uint8_t code[32], prefix = PREFIXES[combination / 8];
	size_t size = encode(code, prefix, map, opcode, combination % 8);
	size_t want = (size_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
	struct x86_insn i;
	bool known = x86_decode(code, size, &i);

	if (!known || i.length != want || i.opcode != opcode || i.map != map ||
	    x86_decode(code, want - 1, &i)) {
		printf("# map %u, %02x with prefix %02x and ModRM %02x: %zu, not %zu\n", map, opcode, prefix,
		       MODRM[combination % 8][0], known ? i.length : 0, want);
		test_failures++;
	}
}

TEST(lengths)
{
	for (size_t row = 0; row < sizeof(x86_lengths) / sizeof(x86_lengths[0]); row++)
		for (unsigned op = x86_lengths[row].from; op <= x86_lengths[row].to; op++)
			for (size_t i = 0; i < 40; i++)
				if (x86_lengths[row].lengths[i] != '.')
					check_length(x86_lengths[row].map, op, i,
						     x86_lengths[row].lengths[i]);
}

#define KNOWN(code) x86_decode((const uint8_t *)(code), sizeof(code) - 1, &(struct x86_insn){0})

TEST(not_in_64_bit_mode)
{
	static const uint8_t none[] = {0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37,
				       0x3f, 0x60, 0x61, 0x82, 0x9a, 0xce, 0xd4, 0xd5, 0xd6, 0xea};
	uint8_t code[16] = {0};
	struct x86_insn i;

	for (size_t n = 0; n < sizeof(none); n++) {
		code[0] = none[n];
		CHECK(!x86_decode(code, sizeof(code), &i));
	}
	CHECK(!KNOWN("\x0f\x04\0\0\0\0"));
	CHECK(!KNOWN("\x0f\x0a\0\0\0\0"));
	CHECK(!KNOWN("\x0f\x0c\0\0\0\0"));
	CHECK(!KNOWN(""));
	CHECK(!KNOWN("\x66"));
	CHECK(!KNOWN("\x48"));
	/* 15 bytes are the most: 14 prefixes and nop, but not 15 */
	CHECK(KNOWN("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x90"));
	CHECK(!KNOWN("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x90"));
}

TEST(every_prefix)
{
	static const uint8_t prefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3};
	uint8_t code[] = {0, 0x48, 0x8b, 0x45, 0xf8};
	struct x86_insn i;

	for (size_t n = 0; n < sizeof(prefixes); n++) {
		code[0] = prefixes[n];
		CHECK(x86_decode(code, sizeof(code), &i));
		CHECK_EQ(i.length, 5);
		CHECK(i.opcode == 0x8b && i.wide && i.fp_based);
	}
	for (unsigned rex = 0x40; rex < 0x50; rex++) {
		code[1] = (uint8_t)rex;
		CHECK(x86_decode(code + 1, 4, &i));
		CHECK_EQ(i.wide, (rex & 8) != 0);
		CHECK_EQ(i.reg, rex & 4 ? 8 : 0);
		CHECK_EQ(i.rm, rex & 1 ? 13 : 5);
		CHECK_EQ(i.fp_based, !(rex & 1));
	}
}

TEST(operands)
{
	struct x86_insn i = DECODE("\x48\x8b\x5c\x24\x18"); /* mov 24(%rsp),%rbx */

	CHECK(i.has_modrm && i.sp_based && !i.fp_based);
	CHECK_EQ(i.mod, 1);
	CHECK_EQ(i.reg, X86_RBX);
	CHECK_EQ(i.rm, 4);
	CHECK_EQ(i.displacement, 24);
	i = DECODE("\x4c\x89\xbc\x24\x00\xff\xff\xff"); /* mov %r15,-256(%rsp) */
	CHECK(i.sp_based && i.mod == 2 && i.reg == 15);
	CHECK_EQ(i.displacement, -256);
	i = DECODE("\x48\x8b\x04\x24"); /* mov (%rsp),%rax */
	CHECK(i.sp_based && i.mod == 0);
	CHECK_EQ(i.displacement, 0);
	i = DECODE("\x48\x8b\x04\x8c"); /* mov (%rsp,%rcx,4),%rax: an index */
	CHECK(!i.sp_based);
	i = DECODE("\x49\x8b\x04\x24"); /* mov (%r12),%rax */
	CHECK(!i.sp_based);
	CHECK_EQ(i.rm, 12);
	i = DECODE("\x4a\x8b\x04\x24"); /* mov (%rsp,%r12),%rax */
	CHECK(!i.sp_based);
	i = DECODE("\x48\x8b\x04\x25\1\0\0\0"); /* mov 1,%rax */
	CHECK(!i.sp_based && !i.fp_based);
	CHECK_EQ(i.displacement, 1);
	i = DECODE("\x48\x8b\x45\x80"); /* mov -128(%rbp),%rax */
	CHECK(i.fp_based && !i.sp_based);
	CHECK_EQ(i.displacement, -128);
	i = DECODE("\x48\x8b\x85\0\1\0\0"); /* mov 256(%rbp),%rax */
	CHECK(i.fp_based);
	CHECK_EQ(i.displacement, 256);
	i = DECODE("\x48\x8b\x05\2\0\0\0"); /* mov 2(%rip),%rax */
	CHECK(!i.fp_based);
	CHECK_EQ(i.displacement, 2);
	i = DECODE("\x49\x8b\x45\x08"); /* mov 8(%r13),%rax */
	CHECK(!i.fp_based);
	i = DECODE("\x48\x89\xe5"); /* mov %rsp,%rbp */
	CHECK(i.mod == 3 && i.reg == X86_RSP && i.rm == X86_RBP && !i.sp_based && !i.fp_based);
	i = DECODE("\x53"); /* push %rbx */
	CHECK(!i.has_modrm);
	CHECK_EQ(i.rm, X86_RBX);
	i = DECODE("\x41\x57"); /* push %r15 */
	CHECK_EQ(i.rm, 15);
}

TEST(immediates)
{
	CHECK_EQ(DECODE("\x48\x83\xec\x80").immediate, -128);
	CHECK_EQ(DECODE("\x48\x83\xec\x7f").immediate, 127);
	CHECK_EQ(DECODE("\x48\x81\xec\x34\x12\0\0").immediate, 0x1234);
	CHECK_EQ(DECODE("\x48\x81\xec\0\0\0\x80").immediate, INT32_MIN);
	CHECK_EQ(DECODE("\x66\x81\xc1\xfe\xff").immediate, -2);
	CHECK_EQ(DECODE("\x48\xb8\x08\x07\x06\x05\x04\x03\x02\x81").immediate, (int64_t)0x8102030405060708);
	CHECK_EQ(DECODE("\xb0\x81").immediate, -127);
	CHECK_EQ(DECODE("\xe8\xfb\xff\xff\xff").immediate, -5);
	CHECK_EQ(DECODE("\xeb\xfe").immediate, -2);
	CHECK_EQ(DECODE("\xf6\xc1\x81").immediate, -127); /* test $-127,%cl */
	CHECK_EQ(DECODE("\xf7\xc1\1\0\0\x80").immediate, INT32_MIN + 1);
	CHECK_EQ(DECODE("\x66\xf7\xc1\1\x80").immediate, INT16_MIN + 1);
	CHECK_EQ(DECODE("\xf6\xc8\1").immediate, 1); /* /1 is test, too */
	CHECK_EQ(DECODE("\xf6\xd1").immediate, 0);
	CHECK_EQ(DECODE("\xf7\xd1").immediate, 0);
	CHECK_EQ(DECODE("\xf7\xd1").length, 2);
}

TEST(vector_instructions)
{
	struct x86_insn i = DECODE("\xc5\xf8\x77"); /* vzeroupper */

	CHECK(i.vector && i.map == 1 && i.opcode == 0x77 && !i.has_modrm);
	i = DECODE("\xc4\xe2\x7d\x18\x05\0\0\0\0"); /* vbroadcastss 0(%rip),%ymm0 */
	CHECK(i.vector && i.map == 2 && i.opcode == 0x18);
	i = DECODE("\xc4\xe3\x7d\x39\xc1\1"); /* vextracti128 $1,%ymm0,%xmm1 */
	CHECK(i.vector && i.map == 3);
	CHECK_EQ(i.immediate, 1);
	i = DECODE("\x62\xf1\x7c\x48\x10\x07"); /* vmovups (%rdi),%zmm0 */
	CHECK(i.vector && i.map == 1 && i.opcode == 0x10);
	CHECK(!KNOWN("\xc4\xe0\x7d\x39\xc1\1")); /* no such map */
	CHECK(!KNOWN("\xc4\xe4\x7d\x39\xc1\1"));
}

TEST_MAIN
