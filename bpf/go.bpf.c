/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Panics of Go programs, only when asked for: uprobes in runtime.gopanic,
 * before its call of runtime.fatalpanic, and in runtime.recovery. User space
 * places them on instructions that the kernel emulates, a conditional jump or
 * a call, so that none is single-stepped.
 */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, u32); /* tgid */
	__type(value, struct ts_go_target);
} go_targets SEC(".maps");

/*
 * The probe is on the jump to runtime.morestack. If the jump is taken, the function restarts on a larger
 * stack and hits the probe again.
 */
static __always_inline bool stack_grows(const struct pt_regs *r)
{
	return GO_STACK_GROWS(r);
}

/* runtime._type: the name is an offset at byte 40 (unchanged from Go 1.17 to 1.27) */
#define GO_TYPE_STR 40

/* Types created at run time, and their names, are elsewhere. */
static __always_inline bool is_type(const struct ts_go_target *t, u64 type)
{
	return type >= t->types && type < t->etypes;
}

static __always_inline void read_value(struct ts_go_value *v, const struct ts_go_target *t)
{
	struct {
		u64 address, length;
	} string = {};
	s32 name = 0;
	u32 n;

	v->type_read = v->name_read = v->value_read = v->text_bytes = v->text_cut = v->pad = 0;
	if (!v->type || !is_type(t, v->type))
		return;
	v->type_read = !bpf_probe_read_user(v->type_bytes, sizeof(v->type_bytes), (void *)v->type);
	if (v->type_read) {
		__builtin_memcpy(&name, v->type_bytes + GO_TYPE_STR, sizeof(name));
		v->name_read = name > 0 && !bpf_probe_read_user(v->name_bytes, sizeof(v->name_bytes),
								(void *)(t->types + (u32)name));
	}
	v->value_read = !bpf_probe_read_user(v->value_bytes, sizeof(v->value_bytes), (void *)v->data);
	/* A 16-byte value at the end of a mapping cannot be read as 32 bytes. */
	if (bpf_probe_read_user(&string, sizeof(string), (void *)v->data) || !string.length)
		return;
	v->text_cut = string.length > TS_GO_TEXT_BYTES;
	n = v->text_cut ? TS_GO_TEXT_BYTES : (u32)string.length;
	barrier_var(n); /* the verifier must see the check that the compiler would remove */
	if (n <= TS_GO_TEXT_BYTES && !bpf_probe_read_user(v->text, n, (void *)string.address))
		v->text_bytes = n;
}

/* g.stack is the first field: lo, hi. Memory above hi does not belong to this goroutine. */
static __always_inline u32 read_stack(u8 *to, const u8 *g, u64 sp)
{
	u64 hi, bytes;
	u32 n;

	__builtin_memcpy(&hi, g + 8, sizeof(hi));
	if (hi <= sp)
		return 0;
	bytes = hi - sp;
	n = bytes > TS_GO_STACK_BYTES ? TS_GO_STACK_BYTES : (u32)bytes;
	barrier_var(n);
	if (n > TS_GO_STACK_BYTES || bpf_probe_read_user(to, n, (void *)sp))
		return 0;
	return n;
}

SEC("uprobe")
int go_panic(struct pt_regs *ctx)
{
	struct task_struct *task = current_task();
	u32 tgid = viewer_tgid(task);
	struct ts_go_target *t = bpf_map_lookup_elem(&go_targets, &tgid);
	struct ts_event_panic *e;

	if (!t || stack_grows(ctx))
		return 0;
	e = event_reserve(sizeof(*e), TS_EVENT_PANIC);
	if (!e)
		return 0;
	event_header(&e->e, TS_EVENT_PANIC, task, tgid, viewer_tid(task));
	e->g = GO_REG_G(ctx);
	e->value.type = GO_REG_ARG0(ctx);
	e->value.data = GO_REG_ARG1(ctx);
	read_value(&e->value, t);
	regs_to_dwarf(ctx, &e->regs);
	e->stack_bytes = 0;
	e->g_read = !bpf_probe_read_user(e->g_bytes, sizeof(e->g_bytes), (void *)e->g);
	if (e->g_read)
		e->stack_bytes = read_stack(e->stack, e->g_bytes, e->regs.r[TS_REG_SP]);
	if (!e->stack_bytes)
		lose(TS_LOSS_STACKS);
	bpf_ringbuf_submit(e, 0);
	return 0;
}

/* runtime.throw and runtime.fatal, with the text as their only argument; a stack that grows is not theirs. */
SEC("uprobe")
int go_throw(struct pt_regs *ctx)
{
	struct task_struct *task = current_task();
	u32 tgid = viewer_tgid(task), n;
	struct ts_event_panic *e;
	u64 length = GO_REG_ARG1(ctx);

	if (!bpf_map_lookup_elem(&go_targets, &tgid))
		return 0;
	e = event_reserve(sizeof(*e), TS_EVENT_FATAL);
	if (!e)
		return 0;
	event_header(&e->e, TS_EVENT_FATAL, task, tgid, viewer_tid(task));
	e->g = GO_REG_G(ctx);
	e->value.type = e->value.data = 0;
	e->value.type_read = e->value.name_read = e->value.value_read = e->value.text_bytes = e->value.pad =
		0;
	e->value.text_cut = length > TS_GO_TEXT_BYTES;
	n = e->value.text_cut ? TS_GO_TEXT_BYTES : (u32)length;
	barrier_var(n);
	if (n <= TS_GO_TEXT_BYTES && !bpf_probe_read_user(e->value.text, n, (void *)GO_REG_ARG0(ctx)))
		e->value.text_bytes = n;
	regs_to_dwarf(ctx, &e->regs);
	e->stack_bytes = 0;
	e->g_read = !bpf_probe_read_user(e->g_bytes, sizeof(e->g_bytes), (void *)e->g);
	if (e->g_read)
		e->stack_bytes = read_stack(e->stack, e->g_bytes, e->regs.r[TS_REG_SP]);
	bpf_ringbuf_submit(e, 0);
	return 0;
}

static __always_inline struct ts_event_panic_end *end_of_panic(struct task_struct *task, u32 tgid, u64 g,
							       u32 end)
{
	struct ts_event_panic_end *e = event_reserve(sizeof(*e), TS_EVENT_PANIC_END);

	if (!e)
		return NULL;
	event_header(&e->e, TS_EVENT_PANIC_END, task, tgid, viewer_tid(task));
	e->end = end;
	e->g = g;
	e->g_read = !bpf_probe_read_user(e->g_bytes, sizeof(e->g_bytes), (void *)g);
	return e;
}

/* At the call of runtime.fatalpanic(*_panic): the error's method has produced its text by now. */
SEC("uprobe")
int go_fatal(struct pt_regs *ctx)
{
	struct task_struct *task = current_task();
	u32 tgid = viewer_tgid(task);
	struct ts_go_target *t = bpf_map_lookup_elem(&go_targets, &tgid);
	struct ts_event_panic_end *e;
	u64 words[3] = {};

	e = t ? end_of_panic(task, tgid, GO_REG_G(ctx), TS_PANIC_FATAL) : NULL;
	if (!e)
		return 0;
	/* _panic begins with argp, which points into the stack, followed by arg; newer versions have no argp.
	 */
	bpf_probe_read_user(words, sizeof(words), (void *)GO_REG_ARG0(ctx));
	e->value.type = words[1];
	e->value.data = words[2];
	if (is_type(t, words[0])) {
		e->value.type = words[0];
		e->value.data = words[1];
	}
	read_value(&e->value, t);
	bpf_ringbuf_submit(e, 0);
	return 0;
}

/* runtime.recovery(g) runs on the thread's own stack; the goroutine is its argument. */
SEC("uprobe")
int go_recovery(struct pt_regs *ctx)
{
	struct task_struct *task = current_task();
	u32 tgid = viewer_tgid(task);
	struct ts_go_target *t = bpf_map_lookup_elem(&go_targets, &tgid);
	struct ts_event_panic_end *e;

	if (!t || stack_grows(ctx))
		return 0;
	e = end_of_panic(task, tgid, GO_REG_ARG0(ctx), TS_PANIC_RECOVERED);
	if (!e)
		return 0;
	e->value.type = e->value.data = 0;
	read_value(&e->value, t);
	bpf_ringbuf_submit(e, 0);
	return 0;
}
