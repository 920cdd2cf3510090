// SPDX-License-Identifier: GPL-2.0-or-later
// left and right each hold a std::mutex and wait for the other's; behind waits for left's.
// Usage: cxx_deadlock --ready FILE; the file names the three threads and what they wait for.
#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <mutex>
#include <string>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

std::mutex orders_mutex, stock_mutex;

static std::atomic<int> holding, waiting;
static long tids[3];

namespace shop
{
template <typename What> [[gnu::noinline]] void take(What &second)
{
	waiting++;
	std::lock_guard<What> guard(second);
	__asm__ volatile("" ::: "memory");
}
} // namespace shop

static void run(int i, const char *name, std::mutex *first, std::mutex &second)
{
	prctl(PR_SET_NAME, name, 0, 0, 0);
	tids[i] = syscall(SYS_gettid);
	if (first)
		first->lock();
	holding++;
	while (holding < 3)
		std::this_thread::yield();
	shop::take(second);
}

int main(int argc, char **argv)
{
	if (argc != 3 || std::string(argv[1]) != "--ready")
		return 2;
	std::thread left(run, 0, "left", &orders_mutex, std::ref(stock_mutex));
	std::thread right(run, 1, "right", &stock_mutex, std::ref(orders_mutex));
	std::thread behind(run, 2, "behind", nullptr, std::ref(orders_mutex));
	while (waiting < 3)
		std::this_thread::yield();
	std::string part = std::string(argv[2]) + ".part";
	FILE *out = fopen(part.c_str(), "w");
	fprintf(out, R"({"pid":%d,"threads":{"left":{"tid":%ld,"address":"%p"},)", getpid(), tids[0],
		static_cast<void *>(&stock_mutex));
	fprintf(out, R"("right":{"tid":%ld,"address":"%p"},)", tids[1], static_cast<void *>(&orders_mutex));
	fprintf(out, R"("behind":{"tid":%ld,"address":"%p"}}})", tids[2], static_cast<void *>(&orders_mutex));
	fclose(out);
	rename(part.c_str(), argv[2]);
	pause();
}
