/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arm64: where the kernel keeps a thread's registers, and what they mean. */

/* For kernels without bpf_task_pt_regs (before 5.15). arch/arm64/include/asm/memory.h: THREAD_SIZE with pages
 * of up to 16 KiB and without KASAN; asm/ptrace.h: struct pt_regs as it was then, longer than what is read.
 */
#define KERNEL_STACK_BYTES 16384
#define KERNEL_REGS_BYTES  336

/* Of a thread that is in a system call, which is below 0 if it is not. The result overwrites x0, so the first
 * argument is kept beside it. */
#define REGS_SYSCALL(r) ((s64)(r)->syscallno)
#define REGS_ARG0(r)    ((r)->orig_x0)
#define REGS_ARG1(r)    ((r)->regs[1])
#define REGS_ARG2(r)    ((r)->regs[2])
#define REGS_ARG3(r)    ((r)->regs[3])
#define REGS_ARG4(r)    ((r)->regs[4])
#define REGS_ARG5(r)    ((r)->regs[5])

#define REGS_32BIT(r) ((r)->pstate & 0x10) /* PSR_MODE32_BIT, arch/arm64/include/uapi/asm/ptrace.h */
#define REGS_SP_AT    __builtin_offsetof(struct pt_regs, sp)
#define REGS_SP       sp
#define REGS_PC       pc

/* In a system call of 32-bit programs: a field of struct thread_info and its bit, TIF_32BIT in
 * arch/arm64/include/asm/thread_info.h. */
#define COMPAT_FIELD flags
#define COMPAT_BIT   (1ul << 22)

/* No flag of thread_info.flags shows that a thread has not been in user space since it lost its CPU. */
#define INSIDE_FLAGS 0ul

/* A return address without a signature, which is above the 48 bits of addresses. Where they have less, user
 * space finishes the walk. */
static __always_inline u64 return_address(u64 word)
{
	return word & ((1ull << 48) - 1);
}

struct regs_syscall {
	u64 arg0, arg1, arg2, nr;
};

static __always_inline bool read_regs_syscall(struct regs_syscall *call, const void *regs)
{
	struct {
		u64 x0;
		s32 nr, unused;
	} kept;
	_Static_assert(__builtin_offsetof(struct pt_regs, syscallno) ==
			       __builtin_offsetof(struct pt_regs, orig_x0) + 8,
		       "orig_x0 syscallno");

	if (bpf_probe_read_kernel(&kept, sizeof(kept), regs + __builtin_offsetof(struct pt_regs, orig_x0)) ||
	    bpf_probe_read_kernel(&call->arg0, 24, regs))
		return false;
	call->arg0 = kept.x0;
	call->nr = (u64)(s64)kept.nr;
	return true;
}

struct regs_place {
	struct regs_syscall call;
	u64 sp, pc;
};

static __always_inline bool read_regs_place(struct regs_place *place, const void *regs)
{
	return read_regs_syscall(&place->call, regs) &&
	       !bpf_probe_read_kernel(&place->sp, 16, regs + REGS_SP_AT);
}

static __always_inline void regs_to_dwarf(const struct pt_regs *k, struct ts_regs *d)
{
	for (u32 i = 0; i < 31; i++)
		d->r[i] = k->regs[i];
	d->r[TS_REG_SP] = k->sp;
	d->r[TS_REG_PC] = k->pc;
}

/* Go's own calling convention (ABIInternal, since Go 1.17): the first integer arguments and the running g. */
#define GO_REG_ARG0(r) ((r)->regs[0])
#define GO_REG_ARG1(r) ((r)->regs[1])
#define GO_REG_G(r)    ((r)->regs[28])
#define GO_REG_G_AT    __builtin_offsetof(struct pt_regs, regs[28])

/* Go's own code never uses that register for anything else. */
static __always_inline u64 go_tls(struct task_struct *task)
{
	(void)task;
	return 0;
}

/* Whether the branch that ends a function's check of its stack is taken: b.ls, by the flags Z and C. */
#define GO_STACK_GROWS(r) (((r)->pstate & 1ul << 30) || !((r)->pstate & 1ul << 29))
