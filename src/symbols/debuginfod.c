/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/debuginfod.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#ifndef TS_STATIC
#include <dlfcn.h>
#endif

/* As in elfutils/debuginfod.h, which may be missing where the library is installed. */
typedef struct debuginfod_client client;
typedef client *(*begin_fn)(void);
typedef int (*find_fn)(client *c, const unsigned char *id, int len, char **path);

#define LIBRARY         "libdebuginfod.so.1"
#define DEFAULT_SECONDS "10"

static struct {
	bool tried;
	client *client; /* for the life of the program; NULL: not available */
	find_fn find;
} server;

static bool asked_for(void)
{
	const char *urls = getenv("DEBUGINFOD_URLS");

	return urls && *urls;
}

/* A static program has one C library of its own; a shared library would bring another one. */
#ifdef TS_STATIC
const char *debuginfod__problem(void)
{
	return "a static build cannot load " LIBRARY;
}

static void *load(void)
{
	return NULL;
}

static void *symbol(void *library, const char *name)
{
	(void)library, (void)name;
	return NULL;
}
#else
static void *load(void)
{
	return dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
}

static void *symbol(void *library, const char *name)
{
	return library ? dlsym(library, name) : NULL;
}

const char *debuginfod__problem(void)
{
	void *library = load();

	if (!library)
		return LIBRARY " is not installed";
	dlclose(library);
	return NULL;
}
#endif

static void begin(void)
{
	begin_fn make;
	void *library;

	server.tried = true;
	if (!asked_for())
		return;
	/* The library's default of 90 seconds is too long for an interactive tool. */
	setenv("DEBUGINFOD_TIMEOUT", DEFAULT_SECONDS, false);
	library = load();
	make = (begin_fn)symbol(library, "debuginfod_begin");
	server.find = (find_fn)symbol(library, "debuginfod_find_debuginfo");
	if (make && server.find)
		server.client = make();
}

int debuginfod__open(const uint8_t *id, size_t len)
{
	int fd;

	if (!server.tried)
		begin();
	if (!server.client || !len || len > 64)
		return -ENOENT;
	fd = server.find(server.client, id, (int)len, NULL);
	if (fd >= 0)
		return fd;
	/* The server does not have it; or it did not respond, and would not for the next file. */
	if (fd != -ENOENT)
		server.client = NULL;
	return -ENOENT;
}
