/* SPDX-License-Identifier: GPL-2.0-or-later */
/* x86_64: where the kernel keeps a thread's registers, and what they mean. */

/* arch/x86/include/asm/page_64_types.h: 4 pages; 8 with KASAN, which has bpf_task_pt_regs anyway */
#define KERNEL_STACK_BYTES 16384
#define KERNEL_REGS_BYTES  sizeof(struct pt_regs) /* at the stack's end */

/* Of a thread that is in a system call, which is below 0 if it is not. */
#define REGS_SYSCALL(r) ((s64)(r)->orig_ax)
#define REGS_ARG0(r)    ((r)->di)
#define REGS_ARG1(r)    ((r)->si)
#define REGS_ARG2(r)    ((r)->dx)
#define REGS_ARG3(r)    ((r)->r10)
#define REGS_ARG4(r)    ((r)->r8)
#define REGS_ARG5(r)    ((r)->r9)

#define REGS_32BIT(r) ((r)->cs == 0x23) /* __USER32_CS, arch/x86/include/asm/segment.h */
#define REGS_SP_AT    __builtin_offsetof(struct pt_regs, sp)
#define REGS_SP       sp
#define REGS_PC       ip

/* In a system call of 32-bit programs: a field of struct thread_info and its bit, TS_COMPAT in
 * arch/x86/include/asm/thread_info.h. */
#define COMPAT_FIELD status
#define COMPAT_BIT   0x2

/*
 * Of thread_info.flags: set when a thread loses its CPU, cleared on its return to user space.
 * TIF_NEED_FPU_LOAD of arch/x86/include/asm/thread_info.h: bit 14, and 19 from 6.18 on; each kernel leaves
 * the other one unused.
 */
#define INSIDE_FLAGS ((1ul << 14) | (1ul << 19))

/* As it is on the stack. */
static __always_inline u64 return_address(u64 word)
{
	return word;
}

/* The part of struct pt_regs that identifies the system call; these fields are adjacent. */
struct regs_syscall {
	u64 arg2, arg1, arg0, nr;
};
/* And those that follow: where it was made. */
struct regs_place {
	struct regs_syscall call;
	u64 pc, cs, flags, sp;
};
#define REGS_SYSCALL_AT __builtin_offsetof(struct pt_regs, dx)
_Static_assert(__builtin_offsetof(struct pt_regs, orig_ax) == REGS_SYSCALL_AT + 24 &&
		       __builtin_offsetof(struct pt_regs, sp) == REGS_SYSCALL_AT + 56,
	       "dx si di orig_ax ip cs flags sp");

static __always_inline bool read_regs_syscall(struct regs_syscall *call, const void *regs)
{
	return !bpf_probe_read_kernel(call, sizeof(*call), regs + REGS_SYSCALL_AT);
}

static __always_inline bool read_regs_place(struct regs_place *place, const void *regs)
{
	return !bpf_probe_read_kernel(place, sizeof(*place), regs + REGS_SYSCALL_AT);
}

static __always_inline void regs_to_dwarf(const struct pt_regs *k, struct ts_regs *d)
{
	d->r[0] = k->ax;
	d->r[1] = k->dx;
	d->r[2] = k->cx;
	d->r[3] = k->bx;
	d->r[4] = k->si;
	d->r[5] = k->di;
	d->r[6] = k->bp;
	d->r[7] = k->sp;
	d->r[8] = k->r8;
	d->r[9] = k->r9;
	d->r[10] = k->r10;
	d->r[11] = k->r11;
	d->r[12] = k->r12;
	d->r[13] = k->r13;
	d->r[14] = k->r14;
	d->r[15] = k->r15;
	d->r[16] = k->ip;
}

/* Go's own calling convention (ABIInternal, since Go 1.17): the first integer arguments and the running g. */
#define GO_REG_ARG0(r) ((r)->ax)
#define GO_REG_ARG1(r) ((r)->bx)
#define GO_REG_G(r)    ((r)->r14)
#define GO_REG_G_AT    __builtin_offsetof(struct pt_regs, r14)

/* The running g, which Go also keeps below the thread's base (runtime.tlsg); C libraries of a program may
 * have moved it. */
static __always_inline u64 go_tls(struct task_struct *task)
{
	u64 base = BPF_CORE_READ((struct task_struct___fs *)task, thread.fsbase), g = 0;

	if (base)
		bpf_probe_read_user(&g, sizeof(g), (void *)(base - 8));
	return g;
}

/* Whether the jump that ends a function's check of its stack is taken: jbe, by the flags CF and ZF. */
#define GO_STACK_GROWS(r) ((r)->flags & (0x01 | 0x40))
