// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/library_frame.h"

#include <string.h>

#include "util/text.h"

bool frame__of_c_library(const struct frame *f)
{
	static const char *const FILES[] = {"libc.so", "libc-",     "libpthread",
					    "ld-musl", "libstdc++", "[vdso]"};
	static const char *const STARTS[] = {"std::",  "start_thread", "pthread_",
					     "futex_", "libc_start",   "GI_",
					     "lll_",   "do_futex",     "boost::condition_variable"};
	static const char *const NAMES[] = {
		"syscall",       "clone",   "clone3", "nanosleep",   "clock_nanosleep",
		"usleep",        "sleep",   "poll",   "ppoll",       "epoll_wait",
		"select",        "pselect", "read",   "epoll_pwait", "sem_wait",
		"sem_timedwait", "start"};
	const char *file = f->module ? path_basename(f->module) : "";
	const char *name = f->function ? f->function + strspn(f->function, "_<") : "";
	bool found = false;

	if (f->language)
		return false;

	for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++)
		found = found || starts_with(file, FILES[i]);
	for (size_t i = 0; i < sizeof(STARTS) / sizeof(STARTS[0]); i++)
		found = found || starts_with(name, STARTS[i]);
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		found = found || !strcmp(name, NAMES[i]);
	return found;
}
