// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/go_naming.h"

#include "go/collect/go_descriptors.h"

/* The outermost function at that address that Go's own traceback shows; others may be inlined into it. */
static const char *function_at(struct go_naming *n, uint64_t pc)
{
	struct frame *frames = n->frames;
	struct goroutine_stack at = {.pcs = &pc, .count = 1};
	size_t count = goroutines__frames(n->r, &at, frames, GO_NAMING_FRAMES);

	count = count > GO_NAMING_FRAMES ? GO_NAMING_FRAMES : count;
	for (size_t i = count; i-- > 0;)
		if (frames[i].function && !frames[i].hidden)
			return arena__string(n->a, frames[i].function);
	return count && *frames[count - 1].function ? arena__string(n->a, frames[count - 1].function) : NULL;
}

/* Its innermost frames. */
static struct call_stack stack_of(struct go_naming *n, const struct goroutine_stack *from)
{
	size_t count = goroutines__frames(n->r, from, n->frames, GO_NAMING_FRAMES), kept = 0;
	struct frame *frames;

	count = count > GO_NAMING_FRAMES ? GO_NAMING_FRAMES : count;
	frames = ARENA_NEW(n->a, struct frame, count + 1);
	for (size_t i = 0; i < count; i++)
		if (!n->frames[i].hidden)
			frames[kept++] = frame__copy(n->a, &n->frames[i]);
	return (struct call_stack){.frames = frames,
				   .count = kept,
				   .end = count < GO_NAMING_FRAMES ? from->end : STACK_TRUNCATED};
}

struct go_reader go_reader__of(struct go_naming *n, const struct goroutine *go, uint64_t pc)
{
	struct go_reader one = {.goid = go->goid,
				.state = arena__string(n->a, go->state),
				.tid = n->thread(go, n->thread_arg),
				.wait = {.fd = -1}};

	/* Of a system call the runtime does not know when it began: the thread may. */
	if (go->status != GOROUTINE_SYSCALL) {
		one.wait_known = go->wait_known;
		one.wait_ns = go->wait_ns;
	}

	one.function = function_at(n, pc);
	one.stack = stack_of(n, go->stack);
	if (go->wait.target == GO_TARGET_FD && go->wait.fd >= 0) {
		one.wait = (struct go_wait){
			.target = GO_TARGET_FD, .fd = go->wait.fd, .fd_write = go->wait.fd_write};
		go_descriptor__name(&one.wait, go, n->r, n->probes, n->process, n->a);
	}
	return one;
}
