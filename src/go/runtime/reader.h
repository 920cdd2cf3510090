/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of src/go/runtime and their tests only. */
#ifndef TS_GO_RUNTIME_READER_H
#define TS_GO_RUNTIME_READER_H

#include "go/runtime/goroutines.h"
#include "go/runtime/image.h"
#include "go/runtime/layout.h"
#include "go/runtime/memory.h"
#include "go/runtime/pclntab.h"

struct go_names;
struct go_stacks;
struct go_batch;
struct go_known;
struct go_receivers;
struct go_holders;
struct go_locking;
struct go_leak_search;

struct goroutines {
	struct go_memory memory;
	struct go_cache *cache;
	struct go_image image;
	struct go_layout layout;
	struct go_module module;
	struct go_module *plugins; /* loaded later */
	size_t plugin_count, plugin_room;
	char version[64];
	uint64_t allgs, sched, allp, semtable; /* addresses of variables; 0: not found */
	uint64_t allspans;                     /* the same, looked for when it is needed */
	struct go_names *names;
	struct go_stacks *stacks;
	struct go_batch *batch; /* of the reading in progress; kept for the next */
	struct go_known *known; /* results of the last readings with GOROUTINES_KNOWN; NULL: none yet */
	struct go_receivers *receivers; /* searched in it; NULL: not searched */
	struct go_holders *holders;     /* the same */
	struct go_leak_search *leaks;   /* the same */
	struct go_locking *locking;     /* what its functions lock; NULL: not asked for yet */
};

/* Like goroutines__open for any memory: image describes the program. */
int goroutines__open_memory(const struct go_memory *memory, const struct go_image *image,
			    struct goroutines **ret, struct goroutines_refusal *ret_why);

/* ---- read.c ------------------------------------------------------------------------ */
struct go_listed { /* where its g is */
	uint64_t index, address;
};
/* goroutines__read for these alone, without their losses. */
int goroutines__read_some(struct goroutines *r, const struct go_listed *list, size_t count, unsigned want,
			  goroutine_fn fn, void *arg);

/* ---- find.c ------------------------------------------------------------------------ */
/* The program's version text. False: none, not a Go program. */
bool go_find__version(const struct go_memory *m, const struct go_image *image, char *text, size_t size);
/* Finds the line tables and moduledata; r->layout must be set. NULL: success; otherwise the reason (a static
 * sentence). */
const char *go_find__module(struct goroutines *r);

/* ---- variables.c --------------------------------------------------------------------- */
/* Finds allgs, and if possible sched, allp, allm. NULL: allgs was found; otherwise the reason. */
const char *go_variables__find(struct goroutines *r);
/* The word g.sched.g points to g, in every version: the test for a g. */
bool go_g__is(const struct goroutines *r, const uint8_t *raw, uint64_t address);

/* ---- names.c: code address to names, cached -------------------------------------------- */
struct go_code_frame {
	const char *function, *file;
	int line;
	uint8_t id;
	bool inlined;
	bool runtime; /* Go hides it: name begins with "runtime." and is not exported, or has no dot */
};

struct go_code {
	uint64_t pc;
	bool exact;       /* pc itself was looked up, not the call before it */
	bool known;       /* a function covers it */
	uint8_t id, flag; /* of the function that is not inlined */
	bool is_runtime;  /* its name begins with "runtime." */
	uint64_t entry;
	int32_t sp_delta; /* -1: not known */
	uint32_t frame_count;
	const struct go_code_frame *frames; /* innermost first; NULL until asked for with names */
};

struct go_names *go_names__new(struct goroutines *r);
void go_names__free(struct go_names *n);
/* Valid until the next call; never NULL. names: fill frames too. */
const struct go_code *go_names__code(struct go_names *n, uint64_t pc, bool exact, bool names);
void go_names__forget(struct go_names *n);
/* Whether it is one of these functions of the runtime. */
static inline bool go_code__is(const struct goroutines *r, const struct go_code *c, enum go_func f)
{
	return c->known && c->id == r->layout.func[f];
}
/* After a signal or an injected call the caller's address is exact. */
static inline bool go_code__injects(const struct goroutines *r, const struct go_code *c)
{
	return go_code__is(r, c, GO_FUNC_sigpanic) || go_code__is(r, c, GO_FUNC_asyncPreempt) ||
	       go_code__is(r, c, GO_FUNC_debugCallV2);
}

/* ---- modules.c ------------------------------------------------------------------------ */
/* The module that has this code: the program's, or a plugin's. The program's where none has. */
const struct go_module *go_module__of(struct goroutines *r, uint64_t pc);

/* ---- functions.c ---------------------------------------------------------------------- */
#define GO_FUNCTION_BYTES 65536 /* of searched code; larger functions are skipped */

struct go_place {
	const char *name;
	uint64_t start, end; /* 0: not found */
};
/* Fills the functions of these names in one pass over the table of functions. */
void go_functions__find(struct goroutines *r, struct go_place *list, size_t count);

/* ---- unwind.c ------------------------------------------------------------------------ */
#define GO_DEPTH_MAX 4096

struct go_walk {
	uint64_t sp, pc, lr;
	bool syscall;         /* they are of the entry of a system call */
	const uint8_t *stack; /* a copy of [base, base + len) */
	uint64_t base;
	size_t len;
};
/* Fills pcs (GO_DEPTH_MAX) and returns their number. sps: the start of each frame; may be NULL. */
uint32_t go_unwind(struct goroutines *r, const struct go_walk *w, uint64_t *pcs, uint64_t *sps,
		   enum stack_end *end);

/* ---- scheduler.c ---------------------------------------------------------------------- */
#define GO_SCHED_BYTES 320 /* of a runtime.schedt: as far as gcwaiting in every version */
#define GO_PROCS_MAX   4096
/* The addresses of the Ps (room for GO_PROCS_MAX). 0 or -ENODATA. */
int go_sched__procs(const struct goroutines *r, uint64_t *ret, uint64_t *ret_count);
/* The number of dead g's in the scheduler's own lists, from a copy of it. */
uint64_t go_sched__free_gs(const struct goroutines *r, const uint8_t *sched);

/* ---- stacks.c: equal stacks are one object ---------------------------------------------- */
struct go_stacks *go_stacks__new(void);
void go_stacks__free(struct go_stacks *s);
void go_stacks__forget(struct go_stacks *s);
/* NULL: the maximum is reached. */
const struct goroutine_stack *go_stacks__intern(struct go_stacks *s, const uint64_t *pcs, uint32_t count,
						enum stack_end end);
/* The stack without frames for that end. */
const struct goroutine_stack *go_stacks__none(enum stack_end end);

#endif
