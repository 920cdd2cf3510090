/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Claims to be a Go 1.24 program and is none. How far its tables bear looking at:
 *   --lie header      it has line tables, and nothing leads to them
 *   --lie slices      the module's tables are longer than memory
 *   --lie variables   the module is fine, and there is no list of goroutines
 *   --lie goroutines  a million of them, all the same one, with a deep stack of nothing
 */
#include "workload.h"
#include <sys/mman.h>

#define GOROUTINES  (1u << 20)
#define STACK_BYTES (1u << 20)

__attribute__((section(".go.buildinfo"), used, aligned(16))) static const char buildinfo[64] =
	"\xff Go buildinf:\x08\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08go1.24.4";

__attribute__((section(".gopclntab"), used, aligned(16))) static uint8_t pclntab[4096] = {
	0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8};

/* runtime.moduledata as words, in the data segment. */
static uint64_t module[80] = {1};
static uint64_t variables[64], g[64];
static uint64_t text[512];

enum { /* words of moduledata, Go 1.24 */
       PC_HEADER = 0,
       FUNCNAMETAB = 1,
       CUTAB = 4,
       FILETAB = 7,
       PCTAB = 10,
       PCLNTABLE = 13,
       FTAB = 16,
       MINPC = 20,
       MAXPC = 21,
       TEXT = 22,
       ETEXT = 23,
       DATA = 26,
       EDATA = 27,
       BSS = 28,
       EBSS = 29,
};

static void slice(int at, const void *address, uint64_t len)
{
	module[at] = (uint64_t)(uintptr_t)address;
	module[at + 1] = module[at + 2] = len;
}

static void make_module(uint64_t len)
{
	uint64_t names = 128;
	uint32_t ftab[] = {0, 0x40, sizeof(text), 0};

	memcpy(pclntab + 32, &names, sizeof(names));
	memcpy(pclntab + 1024, ftab, sizeof(ftab));
	module[PC_HEADER] = (uint64_t)(uintptr_t)pclntab;
	slice(FUNCNAMETAB, pclntab + names, len);
	slice(CUTAB, pclntab + 256, 64);
	slice(FILETAB, pclntab + 512, 64);
	slice(PCTAB, pclntab + 768, len);
	slice(PCLNTABLE, pclntab + 1280, 1024);
	slice(FTAB, pclntab + 1024, 2);
	module[TEXT] = module[MINPC] = (uint64_t)(uintptr_t)text;
	module[ETEXT] = module[MAXPC] = (uint64_t)(uintptr_t)(text + 512);
	module[DATA] = (uint64_t)(uintptr_t)module;
	module[EDATA] = (uint64_t)(uintptr_t)(module + 80);
	module[BSS] = (uint64_t)(uintptr_t)variables;
	module[EBSS] = (uint64_t)(uintptr_t)(variables + 64);
}

static void make_goroutines(void)
{
	uint64_t *all = malloc(GOROUTINES * sizeof(*all));
	uint8_t *stack = malloc(STACK_BYTES);
	uint32_t waiting = 4;

	if (!all || !stack)
		die("malloc");
	memset(stack, 0xee, STACK_BYTES);
	for (size_t i = 0; i < GOROUTINES; i++)
		all[i] = (uint64_t)(uintptr_t)g;
	g[0] = (uint64_t)(uintptr_t)stack;
	g[1] = g[0] + STACK_BYTES;
	g[7] = g[0]; /* sched: sp, pc, g */
	g[8] = (uint64_t)(uintptr_t)text;
	g[9] = (uint64_t)(uintptr_t)g;
	memcpy((uint8_t *)g + 152, &waiting, sizeof(waiting));
	g[20] = 7; /* goid */
	variables[8] = (uint64_t)(uintptr_t)all;
	variables[9] = variables[10] = GOROUTINES;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "lie");
	const char *lie = option(argc, argv, "lie", "header");

	if (strcmp(lie, "header"))
		make_module(strcmp(lie, "slices") ? 1024 : 1ull << 60);
	if (!strcmp(lie, "goroutines"))
		make_goroutines();
	announcef(&w, "{\"pid\":%d,\"claims\":\"%.8s\"}", (int)getpid(), buildinfo + 33);
	stay(&w);
	return 0;
}
