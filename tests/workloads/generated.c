/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread in pause, through code that is made here at run time: waiter > returns > middle > endless > inner,
 * with %rbp used for something else in both, and a second one through code that has a frame pointer: waiter >
 * framed > inner.
 */
#include "workload.h"

#include <sys/mman.h>

typedef void call_fn(void (*fn)(void *), void *arg);

/* push %rbp; sub $32,%rsp; mov $17,%rbp; mov %rdi,%rax; mov %rsi,%rdi; call *%rax; add $32,%rsp; pop %rbp;
 * ret */
static const unsigned char RETURNS[] = {0x55, 0x48, 0x83, 0xec, 0x20, 0x48, 0xc7, 0xc5, 0x11,
					0,    0,    0,    0x48, 0x89, 0xf8, 0x48, 0x89, 0xf7,
					0xff, 0xd0, 0x48, 0x83, 0xc4, 0x20, 0x5d, 0xc3};
/* push %rbp; sub $32,%rsp; mov %rdi,%rbx; mov %rsi,%rbp; 1: mov %rbp,%rdi; call *%rbx; jmp 1b */
static const unsigned char ENDLESS[] = {0x55, 0x48, 0x83, 0xec, 0x20, 0x48, 0x89, 0xfb, 0x48,
					0x89, 0xf5, 0x48, 0x89, 0xef, 0xff, 0xd3, 0xeb, 0xf9};
/* push %rbp; mov %rsp,%rbp; sub $16,%rsp; mov %rsi,-8(%rbp); mov %rdi,%rax; mov %rsi,%rdi; call *%rax;
 * mov -8(%rbp),%rax; jmp *%rax */
static const unsigned char FRAMED[] = {0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec, 0x10, 0x48,
				       0x89, 0x75, 0xf8, 0x48, 0x89, 0xf8, 0x48, 0x89, 0xf7,
				       0xff, 0xd0, 0x48, 0x8b, 0x45, 0xf8, 0xff, 0xe0};

static call_fn *returns, *endless, *framed;
static pid_t tids[2];

static call_fn *make(unsigned char **at, const unsigned char *code, size_t size)
{
	call_fn *made = (call_fn *)(uintptr_t)*at;

	memcpy(*at, code, size);
	*at += (size + 63) / 64 * 64;
	return made;
}

static void make_all(void)
{
	unsigned char *at =
		mmap(NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		die("mmap");
	at += 32768;
	returns = make(&at, RETURNS, sizeof(RETURNS));
	endless = make(&at, ENDLESS, sizeof(ENDLESS));
	framed = make(&at, FRAMED, sizeof(FRAMED));
}

FRAME static void inner(void *arg)
{
	*(pid_t *)arg = my_tid();
	for (;;)
		pause();
}

FRAME static void middle(void *arg)
{
	endless(inner, arg);
	KEEP_FRAME();
}

FRAME static void *waiter(void *arg)
{
	set_name(arg == &tids[0] ? "frameless" : "framed");
	if (arg == &tids[0])
		returns(middle, arg);
	else
		framed(inner, arg);
	KEEP_FRAME();
	return arg;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "");

	make_all();
	for (int i = 0; i < 2; i++) {
		start_thread(waiter, &tids[i], 65536);
		while (!tids[i])
			sleep_ns(1000000);
		wait_until_blocked(tids[i]);
	}
	announcef(&w, "{\"pid\":%d}", (int)getpid());
	stay(&w);
	return 0;
}
