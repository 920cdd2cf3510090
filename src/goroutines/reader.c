/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening: what program is it, which Go made it, and is it what it says? */
#include "goroutines/reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "goroutines/batch.h"

static int refuse(char *reason, size_t size, int err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
static int refuse(char *reason, size_t size, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason, size, format, args);
	va_end(args);
	return err;
}

/* Version, tables, variables: in this order, as each needs the one before. */
static int recognise(struct goroutines *r, char *reason, size_t size)
{
	const char *why;
	int minor;

	if (!go_find__version(&r->memory, &r->image, r->version, sizeof(r->version)))
		return r->image.pclntab
			       ? refuse(reason, size, -ENOTSUP,
					"it looks like a Go program but does not say of which version")
			       : -ENOEXEC;
	minor = go_version__minor(r->version);
	if (!minor)
		return refuse(reason, size, -ENOTSUP, "its Go version (%s) is not one that could be read",
			      r->version);
	if (!go_layout__choose(&r->layout, minor, r->image.arm64))
		return refuse(reason, size, -ENOTSUP, "it was built with %s; Go 1.%d and newer can be read",
			      r->version, GO_MINOR_MIN);
	why = go_find__module(r);
	if (!why)
		why = go_variables__find(r);
	if (why && !r->layout.known)
		return refuse(
			reason, size, -ENOTSUP,
			"%s is newer than what this threadscope knows, and its runtime is not like that of "
			"Go 1.%d",
			r->version, go_layout__newest());
	return why ? refuse(reason, size, -ENOTSUP, "%s", why) : 0;
}

int goroutines__open_memory(const struct go_memory *memory, const struct go_image *image,
			    struct goroutines **ret, char *reason, size_t size)
{
	struct goroutines *r = calloc(1, sizeof(*r));
	int err;

	if (size)
		reason[0] = '\0';
	if (!r)
		return -ENOMEM;
	r->memory = *memory;
	r->image = *image;
	err = go_cache__new(&r->memory, &r->cache);
	if (!err)
		err = go_names__new(r, &r->names);
	if (!err)
		err = go_stacks__new(&r->stacks);
	if (!err)
		err = recognise(r, reason, size);
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

int goroutines__open(const struct process *p, struct goroutines **ret, char *reason, size_t size)
{
	struct go_memory memory = {read_process, read_process_many, (void *)p};
	struct go_image image;
	int err = go_image__read(p, &image);
	uint8_t byte;

	if (size)
		reason[0] = '\0';
	if (err == -ENOEXEC || err == -ESRCH)
		return err;
	if (err)
		return refuse(reason, size, err, "its executable cannot be read: %s", strerror(-err));
	if (image.pclntab) {
		ssize_t got = process__read(p, image.pclntab, &byte, 1);

		if (got == -EPERM || got == -EACCES)
			return refuse(reason, size, (int)got,
				      "its memory may not be read (it takes CAP_SYS_PTRACE, and "
				      "kernel.yama.ptrace_scope below 3)");
	}
	return goroutines__open_memory(&memory, &image, ret, reason, size);
}

void goroutines__close(struct goroutines *r)
{
	if (!r)
		return;
	go_batch__free(r->batch);
	go_known__free(r->known);
	go_stacks__free(r->stacks);
	go_names__free(r->names);
	go_cache__free(r->cache);
	free(r);
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
