/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * silent_memory handler|DIR stack|outer|lock|arguments: a process with memory that never answers who reads
 * it. Its pages belong to a handler of page faults that handles none (userfaultfd), or to a file in DIR whose
 * server has fallen silent (slowfs). There lie
 *
 *   stack      the stack of a thread that sleeps in pause()
 *   outer      only its outer frames
 *   lock       a mutex that 3 threads wait for
 *   arguments  the command line of the process
 *
 * "innocent" has nothing there, and sleeps.
 *
 * Perfect: every command ends within 3 s, beside its interval, with all threads; innocent has its stack.
 * Where something was not read, "lost" says of which process.
 */
#include "case.h"
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#define REGION (1u << 20)
#define OUTER  (1u << 16) /* the end of the region: the outer frames */

static char *region;
static int file = -1;
static pthread_mutex_t *mutex;

static void take_region(const char *dir)
{
	if (strcmp(dir, "handler")) {
		if (chdir(dir))
			die(dir);
		file = open("memory", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (file < 0 || ftruncate(file, REGION))
			die("memory");
	}
	region = mmap(NULL, REGION, PROT_READ | PROT_WRITE,
		      file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, file, 0);
	if (region == MAP_FAILED)
		die("mmap");
}

static void hand_to_nobody(char *from, size_t size)
{
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register r = {.range = {(uintptr_t)from, size}, .mode = UFFDIO_REGISTER_MODE_MISSING};

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &r))
		die("userfaultfd");
}

/* The last of region: its pages are gone, and who is asked for them gives no answer. */
static void fall_silent(size_t size)
{
	char *from = region + REGION - size;

	if (file < 0) {
		hand_to_nobody(from, size);
	} else if (msync(from, size, MS_SYNC)) {
		die("msync");
	}
	if (madvise(from, size, MADV_DONTNEED))
		die("madvise");
	if (file < 0)
		return;
	posix_fadvise(file, 0, REGION, POSIX_FADV_DONTNEED);
	if (open("silence", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0)
		die("silence");
}

static void sleep_long(void)
{
	for (;;)
		pause();
}

static __attribute__((noinline)) void sleep_deep(void)
{
	volatile char frame[2 * OUTER];

	frame[0] = frame[sizeof(frame) - 1] = 1;
	sleep_long();
	frame[1] = frame[0];
}

static _Atomic pid_t sleeper;

static void *run_sleeper(void *arg)
{
	set_name("silent");
	sleeper = my_tid();
	if (arg)
		sleep_deep();
	sleep_long();
	return NULL;
}

static void start_sleeper(bool deep)
{
	pthread_attr_t attr;
	pthread_t thread;

	if (pthread_attr_init(&attr) || pthread_attr_setstack(&attr, region, REGION) ||
	    pthread_create(&thread, &attr, run_sleeper, deep ? region : NULL))
		die("pthread_create");
	while (!sleeper)
		sleep_ns(100000);
	wait_until_still(sleeper);
}

static void wait_for_lock(void)
{
	pthread_mutex_lock(mutex);
}

static void start_waiters(void)
{
	mutex = (pthread_mutex_t *)region;
	if (pthread_mutex_init(mutex, NULL) || pthread_mutex_lock(mutex))
		die("mutex");
	for (int i = 0; i < 3; i++)
		start_blocked("waiter", wait_for_lock);
}

/* Fields of /proc/self/stat that prctl wants to be told again. */
static void move_arguments(void)
{
	unsigned long f[53] = {0};
	char text[2048] = "", *at;
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	struct prctl_mm_map map;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		die("stat");
	close(fd);
	at = strrchr(text, ')') + 2;
	for (int i = 3; i < 53 && (at = strchr(at, ' ')); i++)
		f[i + 1 < 53 ? i + 1 : 52] = strtoul(++at, NULL, 10);
	map = (struct prctl_mm_map){.start_code = f[26],
				    .end_code = f[27],
				    .start_stack = f[28],
				    .start_data = f[45],
				    .end_data = f[46],
				    .start_brk = f[47],
				    .brk = (uintptr_t)sbrk(0),
				    .env_start = f[50],
				    .env_end = f[51],
				    .arg_start = (uintptr_t)region,
				    .arg_end = (uintptr_t)region + 100,
				    .exe_fd = (__u32)-1};
	if (prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0))
		die("PR_SET_MM_MAP");
}

int main(int argc, char **argv)
{
	char what = argc == 3 ? argv[2][0] : 0;

	if (!what)
		return 2;
	start_named("innocent", sleep_long);
	take_region(argv[1]);
	if (what == 's' || what == 'o')
		start_sleeper(what == 'o');
	if (what == 'l')
		start_waiters();
	if (what == 'a')
		move_arguments();
	fall_silent(what == 'o' ? OUTER : REGION);
	tell("ready");
	sleep_on();
}
