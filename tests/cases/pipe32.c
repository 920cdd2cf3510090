/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A 32-bit program without a C library: its main thread, "writer", hangs in write to a full pipe that a child
 * process has open and never reads; a second thread, "waiter", waits for a futex.
 *
 * Perfect: writer has been in write(pipe) for T; waiter in futex ADDR, as for a 64-bit program.
 */
#define CALL_FORK  2
#define CALL_WRITE 4
#define CALL_PAUSE 29
#define CALL_PIPE  42
#define CALL_CLOSE 6
#define CALL_CLONE 120
#define CALL_PRCTL 172
#define CALL_FUTEX 240
#define NAME       15
#define DEATH      1
#define THREAD     0x50f00 /* CLONE_VM | FS | FILES | SIGHAND | THREAD | SYSVSEM */

static int word = 1;
static char block[65536];
static int stack[4096];

static int call(int number, int a, int b, int c)
{
	int result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(0) : "memory");
	return result;
}

__attribute__((used)) void wait_for_word(void)
{
	call(CALL_PRCTL, NAME, (int)"waiter", 0);
	for (;;)
		call(CALL_FUTEX, (int)&word, 128, 1);
}

static void start_waiter(void)
{
	__asm__ volatile("int $0x80\n test %%eax, %%eax\n jnz 1f\n call wait_for_word\n 1:"
			 :
			 : "a"(CALL_CLONE), "b"(THREAD), "c"(stack + 4000), "d"(0), "S"(0), "D"(0)
			 : "memory");
}

void _start(void)
{
	int ends[2];

	call(CALL_PIPE, (int)ends, 0, 0);
	if (!call(CALL_FORK, 0, 0, 0)) {
		call(CALL_PRCTL, DEATH, 9, 0);
		call(CALL_CLOSE, ends[1], 0, 0);
		for (;;)
			call(CALL_PAUSE, 0, 0, 0);
	}
	call(CALL_CLOSE, ends[0], 0, 0);
	start_waiter();
	call(CALL_PRCTL, NAME, (int)"writer", 0);
	call(CALL_WRITE, 1, (int)"ready\n", 6);
	for (;;)
		call(CALL_WRITE, ends[1], (int)block, sizeof(block));
}
