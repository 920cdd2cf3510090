/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk against stacks whose functions are known. Tests may use ptrace, on their own children. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "blocked_child.h"
#include "test.h"
#include "unwind/unwind.h"

static struct ts_regs registers_of(pid_t tid)
{
	struct user_regs_struct g = {0};
	struct ts_regs regs;

	ptrace(PTRACE_SEIZE, tid, 0, 0);
	ptrace(PTRACE_INTERRUPT, tid, 0, 0);
	waitpid(tid, NULL, __WALL);
	ptrace(PTRACE_GETREGS, tid, 0, &g);
	ptrace(PTRACE_DETACH, tid, 0, 0);
	const uint64_t in_order[TS_NREGS] = {g.rax, g.rdx, g.rcx, g.rbx, g.rsi, g.rdi, g.rbp, g.rsp, g.r8,
					     g.r9,  g.r10, g.r11, g.r12, g.r13, g.r14, g.r15, g.rip};
	memcpy(regs.r, in_order, sizeof(in_order));
	return regs;
}

static struct stack stack;

static void walk(struct fixture *f, pid_t tid)
{
	struct ts_regs regs = registers_of(tid);
	struct stack_memory memory = {.beyond = f->process};

	unwinder__walk(f->unwinder, &regs, false, &memory, &stack);
}

static const char *name_of(struct fixture *f, size_t i)
{
	struct frame s;

	symbolizer__code(f->symbolizer, stack.pcs[i], !stack.exact[i], &s);
	return s.function ? s.function : "?";
}

/* Index of the first frame of that name from index on; stack.count if none. */
static size_t find(struct fixture *f, const char *name, size_t from)
{
	while (from < stack.count && strcmp(name_of(f, from), name) != 0)
		from++;
	return from;
}

TEST(a_blocked_thread_is_walked_to_its_start)
{
	struct fixture f = start();
	size_t at;

	walk(&f, f.threads[1]);
	CHECK_EQ(stack.end, STACK_COMPLETE);
	CHECK_EQ(stack.exact[0], 1);
	at = find(&f, "ts_deep", 0);
	CHECK(at > 0 && at < 8); /* glibc 2.41 has four of its own, for cancellation */
	for (size_t i = 0; i < 4; i++)
		CHECK_STR(name_of(&f, at + i), "ts_deep");
	CHECK_STR(name_of(&f, at + 4), "ts_middle");
	CHECK_STR(name_of(&f, at + 5), "ts_realigned");
	CHECK_STR(name_of(&f, at + 6), "ts_top");
	CHECK_STR(name_of(&f, at + 7), "thread_body");
	CHECK(stack.count >= at + 8 && stack.count <= at + 11);
	finish(&f);
}

TEST(a_signal_handler_on_its_own_stack_is_walked_through)
{
	struct fixture f = start();
	size_t handler, interrupted;

	walk(&f, f.threads[0]);
	CHECK_EQ(stack.end, STACK_COMPLETE);
	handler = find(&f, "ts_handler", 0);
	interrupted = find(&f, "ts_interrupted", 0);
	CHECK(handler > 1 && handler + 2 < interrupted && interrupted < stack.count);
	CHECK_EQ(stack.exact[handler], 0);
	CHECK_EQ(stack.exact[handler + 1], 1); /* __restore_rt was not called by anybody */
	CHECK_EQ(stack.exact[handler + 2], 1); /* what the signal interrupted */
	CHECK(find(&f, "child_body", interrupted) == interrupted + 1);
	CHECK(find(&f, "main", interrupted) < stack.count);
	finish(&f);
}

TEST(a_copy_of_the_stack_suffices_until_it_ends)
{
	struct fixture f = start();
	struct ts_regs regs = registers_of(f.threads[1]);
	static uint8_t copy[65536];
	struct stack_memory memory = {.start = regs.r[TS_REG_SP], .bytes = copy};
	size_t whole;

	ssize_t n = process__read(f.process, regs.r[TS_REG_SP], copy, sizeof(copy));
	CHECK(n > 6000);
	memory.len = (size_t)n;
	unwinder__walk(f.unwinder, &regs, false, &memory, &stack);
	CHECK_EQ(stack.end, STACK_COMPLETE);
	whole = stack.count;
	memory.len = 2000; /* ts_middle's frame alone is larger */
	unwinder__walk(f.unwinder, &regs, false, &memory, &stack);
	CHECK_EQ(stack.end, STACK_TRUNCATED);
	CHECK(stack.count > 4 && stack.count < whole);
	memory.beyond = f.process;
	unwinder__walk(f.unwinder, &regs, false, &memory, &stack);
	CHECK_EQ(stack.end, STACK_COMPLETE);
	CHECK_EQ(stack.count, whole);
	memory = (struct stack_memory){0};
	unwinder__walk(f.unwinder, &regs, false, &memory, &stack);
	CHECK_EQ(stack.end, STACK_UNREADABLE);
	CHECK_EQ(stack.count, 1);
	unwinder__forget(f.unwinder);
	memory.beyond = f.process;
	unwinder__walk(f.unwinder, &regs, false, &memory, &stack);
	CHECK_EQ(stack.count, whole);
	finish(&f);
}

/* What the kernel side does with rows must give the same stack. */
TEST(compact_rows_give_the_same_stack)
{
	struct fixture f = start();
	struct ts_regs regs = registers_of(f.threads[1]);
	uint64_t pc = regs.r[TS_REG_PC], sp = regs.r[TS_REG_SP], bp = regs.r[TS_REG_FP];
	struct ts_cfi_row row = {0};
	size_t simple = 0;

	walk(&f, f.threads[1]);
	for (size_t i = 0; i < stack.count; i++) {
		uint64_t cfa;

		CHECK_EQ(unwinder__row(f.unwinder, pc, i > 0, &row), 0);
		CHECK(pc == stack.pcs[i]);
		if (row.kind != TS_CFI_SP && row.kind != TS_CFI_FP)
			break;
		simple++;
		cfa = (row.kind == TS_CFI_SP ? sp : bp) + (uint64_t)(int64_t)row.cfa_offset;
		CHECK_EQ(process__read(f.process, cfa + (uint64_t)(int64_t)row.pc_offset, &pc, 8), 8);
		if (row.fp_offset != TS_FP_SAME)
			CHECK_EQ(process__read(f.process, cfa + (uint64_t)(int64_t)row.fp_offset, &bp, 8), 8);
		sp = cfa;
	}
	CHECK(simple >= 6); /* up to ts_realigned, whose CFA is an expression, or on to the end */
	CHECK(row.kind == TS_CFI_COMPLEX || row.kind == TS_CFI_END);
	CHECK_EQ(unwinder__row(f.unwinder, 0, false, &row), -ENOENT);
	CHECK_EQ(unwinder__row(f.unwinder, regs.r[TS_REG_SP], false, &row), -ENOENT);
	walk(&f, f.threads[1]);
	CHECK_EQ(unwinder__row(f.unwinder, stack.pcs[stack.count - 1], true, &row), 0);
	CHECK_EQ(row.kind, TS_CFI_END);
	finish(&f);
}

TEST(a_walk_can_be_continued)
{
	struct fixture f = start();
	struct ts_regs regs = registers_of(f.threads[1]);
	struct stack_memory memory = {.beyond = f.process};
	struct ts_cfi_row row;

	walk(&f, f.threads[1]);
	size_t whole = stack.count;
	CHECK_EQ(unwinder__row(f.unwinder, regs.r[TS_REG_PC], false, &row), 0);
	CHECK_EQ(row.kind, TS_CFI_SP);
	regs.r[TS_REG_SP] += (uint64_t)(int64_t)row.cfa_offset;
	CHECK_EQ(process__read(f.process, regs.r[TS_REG_SP] + (uint64_t)(int64_t)row.pc_offset,
			       &regs.r[TS_REG_PC], 8),
		 8);
	unwinder__walk(f.unwinder, &regs, true, &memory, &stack);
	CHECK_EQ(stack.end, STACK_COMPLETE);
	CHECK_EQ(stack.count, whole - 1);
	CHECK_EQ(stack.exact[0], 0);
	finish(&f);
}

/* Code without rules, as compilers at run time write it: frame pointers. */
TEST(frame_pointers_where_there_are_no_rules)
{
	struct process *self = NULL;
	struct symbolizer *s = NULL;
	struct unwinder *u = NULL;
	uint64_t fake[8] = {0};
	uint8_t *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct stack_memory memory = {.start = 0x7000, .bytes = (uint8_t *)fake, .len = sizeof(fake)};
	struct ts_regs regs = {0};

	CHECK(process__open(getpid(), &self) == 0 && symbolizer__new(self, &s) == 0);
	u = unwinder__new(s);
	regs.r[TS_REG_PC] = (uintptr_t)code + 10;
	regs.r[TS_REG_SP] = 0x7000;
	regs.r[TS_REG_FP] = 0x7010;
	fake[2] = 0x7020;
	fake[3] = (uintptr_t)code + 20;
	fake[4] = 0x7010; /* points back down */
	fake[5] = (uintptr_t)code + 30;
	unwinder__walk(u, &regs, false, &memory, &stack);
	CHECK_EQ(stack.count, 3);
	CHECK_EQ(stack.end, STACK_TRUNCATED);
	fake[5] = 0; /* the outermost frame */
	unwinder__walk(u, &regs, false, &memory, &stack);
	CHECK_EQ(stack.count, 2);
	CHECK_EQ(stack.end, STACK_COMPLETE);
	fake[3] = 0x7000; /* not code */
	unwinder__walk(u, &regs, false, &memory, &stack);
	CHECK_EQ(stack.count, 1);
	regs.r[TS_REG_FP] = 0x7011;
	unwinder__walk(u, &regs, false, &memory, &stack);
	CHECK_EQ(stack.count, 1);
	CHECK_EQ(stack.end, STACK_UNREADABLE);
	regs.r[TS_REG_PC] = 0; /* a call through a null pointer */
	unwinder__walk(u, &regs, false, &memory, &stack);
	CHECK(stack.count >= 1);
	unwinder__free(u);
	unwinder__free(NULL);
	symbolizer__free(s);
	process__close(self);
	munmap(code, 4096);
}

/* ---- against gdb ------------------------------------------------------------------- */

/* The function names gdb has for one thread, inlined and tail calls left out; one a line. */
static bool names_by_gdb(pid_t pid, pid_t tid, char *buf, size_t size)
{
	char command[1500];
	size_t n;

	snprintf(command, sizeof(command),
		 "gdb -nx -batch -p %d -ex 'set backtrace past-main on' -ex 'set backtrace past-entry on' "
		 "-ex \"python\n"
		 "for t in gdb.selected_inferior().threads():\n"
		 "  if t.ptid[1] != %d: continue\n"
		 "  t.switch(); f = gdb.newest_frame()\n"
		 "  while f:\n"
		 "    if f.type() not in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME):\n"
		 "      print('FRAME', (f.name() or '?').split('@')[0])\n"
		 "    f = f.older()\n"
		 "\" 2>/dev/null | sed -n 's/^FRAME //p'",
		 pid, tid);
	FILE *p = popen(command, "r");
	if (!p)
		return false;
	n = fread(buf, 1, size - 1, p);
	buf[n] = '\0';
	pclose(p);
	return n > 0;
}

TEST(the_same_functions_as_gdb)
{
	struct fixture f = start();
	static char theirs[65536], ours[65536];

	for (int i = 0; i < 2; i++) {
		size_t n = 0;

		if (!names_by_gdb(f.pid, f.threads[i], theirs, sizeof(theirs))) {
			printf("# no gdb, or it may not attach: skipped\n");
			break;
		}
		walk(&f, f.threads[i]);
		for (size_t k = 0; k < stack.count; k++)
			n += (size_t)snprintf(ours + n, sizeof(ours) - n, "%s\n", name_of(&f, k));
		CHECK_STR(ours, theirs);
	}
	finish(&f);
}

TEST_MAIN
