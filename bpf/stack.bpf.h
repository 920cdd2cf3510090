/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User stacks without frame pointers. User space puts the unwind rule of each program counter it has seen
 * into cfi_rows, and the walk here follows the rules. At a program counter without a rule, registers and the
 * top of the stack are sent to user space, which finishes the walk and adds the rules; the next walk gets
 * further. A stack costs a copy only when it is new.
 */
#ifndef TS_STACK_BPF_H
#define TS_STACK_BPF_H

#define PAGE_BYTES 4096

static __always_inline u64 hash_frame(u64 hash, u64 pc)
{
	hash ^= pc;
	hash *= 0x9E3779B97F4A7C15ULL;
	return hash ^ (hash >> 29);
}

/* From regs.sp up; less at the end of the mapping. */
static __always_inline u32 copy_stack(u8 *to, u64 sp)
{
	u32 to_page_end = PAGE_BYTES - (sp & (PAGE_BYTES - 1));

	if (!bpf_probe_read_user(to, TS_USTACK_BYTES, (void *)sp))
		return TS_USTACK_BYTES;
	if (to_page_end == 0 || to_page_end > TS_USTACK_BYTES)
		return 0;
	if (!bpf_probe_read_user(to, to_page_end, (void *)sp))
		return to_page_end;
	return 0;
}

/* The walk of t stopped after depth frames; t->regs says where. */
static __always_inline u64 send_raw_stack(struct thread_state *t, struct task_struct *task, u32 depth)
{
	struct ts_event_stack_raw *e;
	u64 id;

	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		lose(TS_LOSS_STACKS);
		return 0;
	}
	event_header(&e->e, TS_EVENT_STACK_RAW, task, t->tgid, t->tid);
	id = TS_STACK_PROVISIONAL | (hash_frame(e->e.time_ns, t->tid) >> 1);
	e->id = id;
	e->frames = depth;
	__builtin_memcpy(e->pcs, t->pcs, sizeof(e->pcs));
	e->regs = t->regs;
	e->stack_bytes = copy_stack(e->stack, t->regs.r[TS_REG_SP]);
	bpf_ringbuf_submit(e, 0);
	return id;
}

static __always_inline void send_stack(struct task_struct *task, struct thread_state *t, u64 id, u32 frames,
				       bool complete)
{
	struct ts_stack_key key = {.tgid = t->tgid, .id = id};
	struct ts_event_stack *e;
	u8 one = 1;

	if (bpf_map_lookup_elem(&stacks_seen, &key))
		return;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		lose(TS_LOSS_STACKS);
		return;
	}
	event_header(&e->e, TS_EVENT_STACK, task, t->tgid, t->tid);
	e->id = id;
	e->frames = frames;
	e->complete = complete;
	__builtin_memcpy(e->pcs, t->pcs, sizeof(e->pcs));
	bpf_ringbuf_submit(e, 0);
	bpf_map_update_elem(&stacks_seen, &key, &one, BPF_ANY);
}

/*
 * Walks the current thread's user stack. Returns the stack's id, 0 on failure. A global function is verified
 * once.
 */
__noinline u64 user_stack(void)
{
	struct task_struct *task = current_task();
	struct thread_state *t = thread_current();
	struct ts_cfi_key key = {};
	u64 hash = 0, sp, fp, pc;
	bool complete = false, missed = false;
	u32 depth = 0;

	if (!t || !want_stacks)
		return 0;
	if (!task_regs(task, has_current_btf, &t->kernel_regs)) {
		/* A worker of io_uring that creates another has no user stack. */
		if (!(BPF_CORE_READ(task, flags) & PF_IO_WORKER))
			lose(TS_LOSS_STACKS);
		return 0;
	}
	regs_to_dwarf(&t->kernel_regs, &t->regs);
	key.tgid = t->tgid;
	key.exec_id = (u32)BPF_CORE_READ(task, self_exec_id);
	sp = t->regs.r[TS_REG_SP];
	fp = t->regs.r[TS_REG_FP];
	pc = t->regs.r[TS_REG_PC];

	for (u32 i = 0; i < TS_MAX_FRAMES; i++) {
		struct ts_cfi_row *row;
		u64 cfa;

		depth = i;
		key.pc = pc;
		row = bpf_map_lookup_elem(&cfi_rows, &key);
		if (!row || row->kind == TS_CFI_COMPLEX || row->kind == TS_CFI_NONE) {
			missed = true;
			break;
		}
		t->pcs[i] = pc;
		depth = i + 1;
		hash = hash_frame(hash, pc);
		if (row->kind == TS_CFI_END) {
			complete = true;
			break;
		}
		cfa = (row->kind == TS_CFI_FP ? fp : sp) + (s64)row->cfa_offset;
		if (bpf_probe_read_user(&pc, sizeof(pc), (void *)(cfa + (s64)row->pc_offset)))
			break;
		pc = return_address(pc);
		if (row->fp_offset != TS_FP_SAME &&
		    bpf_probe_read_user(&fp, sizeof(fp), (void *)(cfa + (s64)row->fp_offset)))
			break;
		sp = cfa;
		if (!pc) {
			complete = true;
			break;
		}
	}
	if (missed) {
		t->regs.r[TS_REG_SP] = sp;
		t->regs.r[TS_REG_FP] = fp;
		t->regs.r[TS_REG_PC] = pc;
		return send_raw_stack(t, task, depth);
	}
	if (!depth) {
		lose(TS_LOSS_STACKS);
		return 0;
	}
	hash = (hash & ~TS_STACK_PROVISIONAL) | 1;
	send_stack(task, t, hash, depth, complete);
	return hash;
}

#endif
