/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where receives take their channel from: code as Go 1.19 and 1.27 make it of "for line := range l.lines",
 * "line := <-l.lines" and "line := <-lines" (a variable of the package). */
#include <string.h>

#include "go/runtime/code.h"
#include "test.h"

#define START 0x4ae500

/* The call is what comes next after the code. */
static bool load(const void *code, size_t size, bool arm64, struct go_load *ret)
{
	uint8_t room[128] = {0};
	struct go_code_view v = {.code = room, .start = START, .text = 0x400000, .etext = 0x500000};

	memcpy(room, code, size);
	return (arm64 ? &go_arm64 : &go_amd64)->load_before(&v, size, ret);
}

static void check_amd64(const char *code, size_t size, int from, uint64_t at)
{
	struct go_load l;

	CHECK(load(code, size, false, &l));
	CHECK_EQ((int)l.from, from);
	CHECK_EQ(l.at, at);
}

#define AMD64(code, from, at) check_amd64(code, sizeof(code) - 1, from, at)
#define LEA_RBX               "\x48\x8d\x5c\x24\x28"
#define CALL                  "\xe8\xe5\xfe\xff\xff"
#define RAX_SP50              "\x48\x8b\x44\x24\x50"

TEST(amd64)
{
	AMD64(RAX_SP50 CALL "\x48\x8b\x4c\x24\x20\x48\x89\xc8" LEA_RBX, GO_LOAD_SLOT, 0x20);
	AMD64("\x48\x8b\x84\x24\x80\x01\0\0" LEA_RBX, GO_LOAD_SLOT, 0x180);
	AMD64("\x48\x8b\x48\x10" LEA_RBX "\x48\x89\xc8", GO_LOAD_FIELD, 0x10);
	AMD64("\x48\x8b\x00" LEA_RBX, GO_LOAD_FIELD, 0);
	AMD64("\x49\x8b\x44\x24\x18" LEA_RBX, GO_LOAD_FIELD, 0x18);             /* [r12+24] */
	AMD64("\x4c\x8b\x41\x08\x4c\x89\xc0" LEA_RBX, GO_LOAD_FIELD, 8);        /* by r8 */
	AMD64("\x48\x8b\x51\x30\x48\x89\xd1\x48\x89\xc8", GO_LOAD_FIELD, 0x30); /* by rdx and rcx */
	AMD64("\x48\x8b\x05\x00\x01\0\0" LEA_RBX, GO_LOAD_VARIABLE, START + 7 + 0x100);
}

TEST(amd64_not_known)
{
	static const char before_a_call[] = RAX_SP50 CALL LEA_RBX, another[] = "\x48\x8b\x4c\x24\x20" LEA_RBX,
			  indexed[] = "\x48\x8b\x04\xc8" LEA_RBX;
	struct go_load l;

	CHECK(!load(before_a_call, sizeof(before_a_call) - 1, false, &l));
	CHECK(!load(another, sizeof(another) - 1, false, &l));
	CHECK(!load(indexed, sizeof(indexed) - 1, false, &l));
	CHECK(!load("", 0, false, &l));
}

static void check_arm64(const uint32_t *code, size_t count, int from, uint64_t at)
{
	struct go_load l;

	CHECK(load(code, count * 4, true, &l));
	CHECK_EQ((int)l.from, from);
	CHECK_EQ(l.at, at);
}

#define ARM64(from, at, ...) \
	check_arm64((const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / 4, from, at)

TEST(arm64)
{
	struct go_load l;

	ARM64(GO_LOAD_SLOT, 40, 0xf9402fe0, 0x97ffffc6, 0xf94017e2, 0xaa0203e0, 0x9100c3e1);
	ARM64(GO_LOAD_FIELD, 16, 0xf9400802, 0x9100c3e1, 0xaa0203e0);
	ARM64(GO_LOAD_FIELD, 16, 0xf9400800, 0x9100c3e1);
	ARM64(GO_LOAD_VARIABLE, 0x4ae000 + 917504 + 736, 0x9000071b, 0x910b837b, 0xf9400360, 0x9100c3e1);
	ARM64(GO_LOAD_VARIABLE, 0x4ae000 + 1400832 + 2488, 0xd0000abb, 0xf944df60, 0x910183e1);
	CHECK(!load((const uint32_t[]){0xf9400360, 0x9100c3e1}, 8, true,
		    &l)); /* [x27], which comes from elsewhere */
	CHECK(!load((const uint32_t[]){0xf9402fe0, 0x97ffffc6, 0x9100c3e1}, 12, true, &l));
}

TEST_MAIN
