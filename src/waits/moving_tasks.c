// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/moving_tasks.h"

#include <stddef.h>
#include <string.h>

/* The first characters of the threads' names. */
static const char *const NAMES[] = {
	"ForkJoi", /* Java: carriers of virtual threads; long names are cut, in new versions in the middle */
	"DefaultDispatch", /* Kotlin's coroutines */
	"Default..",
	"tokio-",     /* Rust */
	"async-std/", /* Rust */
	"smol-",      /* Rust */
	"erts_",      /* Erlang */
	"beam.smp",
	"ghc_", /* Haskell */
	".NET TP",
	".NET Th",
	"libuv-worker", /* Node.js, from 20 on; before, all its threads have its own name */
	"node",
	"bun",
	"deno",
	"CRYSTAL-",
};

bool moving_tasks__runs(const char *thread_name)
{
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		if (!strncmp(thread_name, NAMES[i], strlen(NAMES[i])))
			return true;
	return false;
}
