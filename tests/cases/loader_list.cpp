/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "walker" goes through the list of loaded libraries, in a callback that hangs: it holds the list's lock. 4
 * workers want to do the same, as an exception or a profiler does.
 *
 * Perfect: 4 threads wait, up to T, for _dl_load_write_lock of ld.so, held by walker, which has been in
 * pause() for T.
 */
#include <chrono>
#include <cstdio>
#include <link.h>
#include <thread>
#include <unistd.h>
#include <vector>
#include <sys/prctl.h>

static int hang(dl_phdr_info *, size_t, void *)
{
	for (;;)
		pause();
}

static int next(dl_phdr_info *, size_t, void *)
{
	return 0;
}

static void start(const char *name, int (*callback)(dl_phdr_info *, size_t, void *))
{
	std::thread([=] {
		prctl(PR_SET_NAME, name);
		dl_iterate_phdr(callback, nullptr);
	}).detach();
}

int main()
{
	start("walker", hang);
	std::this_thread::sleep_for(std::chrono::milliseconds(300));
	for (int i = 0; i < 4; i++)
		start("worker", next);
	std::this_thread::sleep_for(std::chrono::seconds(2));
	std::puts("ready");
	std::fflush(stdout);
	for (;;)
		pause();
}
