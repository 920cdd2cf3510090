/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frames of a stack, and the choice of those that Go's own traceback shows. */
#include "go/runtime/reader.h"

#define FRAMES_MAX (GO_DEPTH_MAX * 8) /* with inlined calls */

/* runtime.showfuncinfo: callee is the function ID of the frame inside this one. */
static bool is_hidden(const struct goroutines *r, const struct go_code_frame *f, bool first, uint8_t callee)
{
	const int16_t *id = r->layout.func;

	if (f->id == id[GO_FUNC_wrapper] && callee != id[GO_FUNC_gopanic] && callee != id[GO_FUNC_sigpanic] &&
	    callee != id[GO_FUNC_panicwrap])
		return true;
	/* Goroutines that run finalizers and cleanups are shown as such from 1.25 on. */
	if (r->layout.minor >= 25 && (f->id == id[GO_FUNC_runFinalizers] || f->id == id[GO_FUNC_runCleanups]))
		return false;
	if (f->id == id[GO_FUNC_gopanic] && !first)
		return false;
	return f->runtime;
}

static void fill(const struct go_code *c, const struct go_code_frame *f, struct frame *ret)
{
	*ret = (struct frame){.function = *f->function ? f->function : NULL,
			      .file = *f->file ? f->file : NULL,
			      .line = f->line,
			      .inlined = f->inlined,
			      .outermost = !f->inlined && c->flag & GO_FLAG_TOP_FRAME,
			      .address = c->pc,
			      .offset = c->pc - c->entry};
}

size_t goroutines__frames(struct goroutines *r, const struct goroutine_stack *s, struct frame *list,
			  size_t max)
{
	bool first = true, exact = false;
	uint8_t callee = 0;
	size_t count = 0;

	for (uint32_t i = 0; i < s->count && count < FRAMES_MAX; i++) {
		const struct go_code *c = go_names__code(r->names, s->pcs[i], exact, true);

		for (uint32_t k = 0; k < c->frame_count; k++) {
			bool hidden = is_hidden(r, &c->frames[k], first, callee);

			callee = c->frames[k].id;
			first = first && hidden;
			if (count < max) {
				fill(c, &c->frames[k], &list[count]);
				list[count].hidden = hidden;
			}
			count++;
		}
		exact = go_code__injects(r, c);
	}
	for (size_t i = 0; first && i < count && i < max; i++)
		list[i].hidden = false; /* Go shows all frames rather than none */
	return count;
}

size_t goroutines__code_frames(struct goroutines *r, uint64_t pc, bool is_return, struct frame *list,
			       size_t max)
{
	const struct go_code *c = go_names__code(r->names, pc, !is_return, true);

	for (uint32_t i = 0; i < c->frame_count && i < max; i++)
		fill(c, &c->frames[i], &list[i]);
	return c->frame_count;
}

bool goroutines__code(struct goroutines *r, uint64_t pc, bool is_return, struct frame *ret)
{
	const struct go_code *c = go_names__code(r->names, pc, !is_return, true);

	*ret = (struct frame){.address = pc};
	if (!c->frame_count)
		return false;
	fill(c, &c->frames[c->frame_count - 1], ret);
	ret->hidden = is_hidden(r, &c->frames[c->frame_count - 1], false, 0);
	return true;
}
