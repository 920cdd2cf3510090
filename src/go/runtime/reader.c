/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens a program: finds its Go version, and verifies its tables and variables. */
#include "go/runtime/reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "go/runtime/batch.h"
#include "go/runtime/holders.h"
#include "util/heap.h"

static int refuse(struct goroutines_refusal *why, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static int refuse(struct goroutines_refusal *why, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why->reason, sizeof(why->reason), format, args);
	va_end(args);
	return err;
}

/* Version, tables, variables: in this order, as each needs the one before. */
static int recognise(struct goroutines *r, struct goroutines_refusal *why)
{
	const char *missing;
	int minor;

	why->is_go = true;
	if (!go_find__version(&r->memory, &r->image, r->version, sizeof(r->version)))
		return r->image.pclntab ? refuse(why, -ENOTSUP,
						 "it looks like a Go program, but its Go version is unknown")
					: -ENOEXEC;
	snprintf(why->version, sizeof(why->version), "%s", r->version);
	minor = go_version__minor(r->version);
	if (!minor)
		return refuse(why, -ENOTSUP, "its Go version (%s) is not supported", r->version);
	if (!go_layout__choose(&r->layout, minor, r->image.arm64))
		return refuse(why, -ENOTSUP, "it was built with %s; only Go 1.%d and newer are supported",
			      r->version, GO_MINOR_MIN);
	missing = go_find__module(r);
	if (!missing)
		missing = go_variables__find(r);
	if (missing && !r->layout.known)
		return refuse(why, -ENOTSUP,
			      "%s is newer than the versions that this threadscope supports, and its runtime "
			      "differs from Go 1.%d",
			      r->version, go_layout__newest());
	return missing ? refuse(why, -ENOTSUP, "%s", missing) : 0;
}

int goroutines__open_memory(const struct go_memory *memory, const struct go_image *image,
			    struct goroutines **ret, struct goroutines_refusal *ret_why)
{
	struct goroutines *r = HEAP_NEW(struct goroutines, 1);
	int err;

	*ret_why = (struct goroutines_refusal){0};
	r->memory = *memory;
	r->image = *image;
	r->cache = go_cache__new(&r->memory);
	r->names = go_names__new(r);
	r->stacks = go_stacks__new();
	err = recognise(r, ret_why);
	if (err) {
		goroutines__close(r);
		return err;
	}
	*ret = r;
	return 0;
}

static ssize_t read_process(void *arg, uint64_t address, void *buf, size_t len)
{
	return process__read(arg, address, buf, len);
}

static int read_process_many(void *arg, struct memory_piece *list, size_t n)
{
	return process__read_many(arg, list, n);
}

int goroutines__open(const struct process *p, struct goroutines **ret, struct goroutines_refusal *ret_why)
{
	struct go_memory memory = {read_process, read_process_many, (void *)p};
	struct go_image image;
	int err = go_image__read(p, &image);
	uint8_t byte;

	*ret_why = (struct goroutines_refusal){0};
	if (err == -ENOEXEC || err == -ESRCH)
		return err;
	if (err)
		return refuse(ret_why, err, "cannot read its executable: %s", strerror(-err));
	if (image.pclntab) {
		ssize_t got = process__read(p, image.pclntab, &byte, 1);

		ret_why->is_go = true;
		if (got == -EPERM || got == -EACCES)
			return refuse(ret_why, (int)got,
				      "not allowed to read its memory (needs CAP_SYS_PTRACE, and "
				      "kernel.yama.ptrace_scope below 3)");
	}
	return goroutines__open_memory(&memory, &image, ret, ret_why);
}

void goroutines__close(struct goroutines *r)
{
	if (!r)
		return;
	go_batch__free(r->batch);
	go_locking__free(r->locking);
	go_known__free(r->known);
	go_stacks__free(r->stacks);
	go_names__free(r->names);
	free(r->plugins);
	go_cache__free(r->cache);
	free(r);
}

uint32_t goroutines__goid_at(const struct goroutines *r)
{
	return (uint32_t)r->layout.off[GO_g_goid];
}

const char *goroutines__version(const struct goroutines *r)
{
	return r->version;
}

void goroutines__forget(struct goroutines *r)
{
	go_known__forget(r->known);
	go_stacks__forget(r->stacks);
	go_names__forget(r->names);
}
