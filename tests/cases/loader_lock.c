/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "loader" loads a library whose constructor hangs: it holds the loader's lock. 4 workers want to load a
 * library, too.
 *
 * Perfect: 4 threads wait, up to T, for _dl_load_lock of ld.so, held by loader, which has been in pause()
 * since it called the constructor.
 */
#include "case.h"
#include <dlfcn.h>

static const char SOURCE[] = "#include <unistd.h>\n"
			     "__attribute__((constructor)) static void hang(void) { for (;;) pause(); }\n";

static void build(void)
{
	FILE *cc = popen("cc -shared -fPIC -x c -o ./hanging.so -", "w");

	if (!cc || fputs(SOURCE, cc) < 0 || pclose(cc))
		die("cc");
}

static void load(void)
{
	dlopen("./hanging.so", RTLD_NOW);
}

static void work(void)
{
	dlopen("libm.so.6", RTLD_NOW);
}

int main(void)
{
	build();
	start_blocked("loader", load);
	for (int i = 0; i < 4; i++)
		start_blocked("worker", work);
	sleep(2);
	tell("ready");
	for (;;)
		pause();
}
