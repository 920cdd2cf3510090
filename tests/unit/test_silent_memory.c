/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that gives no answer costs its bound, and no more; what is beside it is read. */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/patience.h"
#include "target/process_private.h"
#include "target/silence.h"
#include "test.h"
#include "util/clock.h"

#define PAGE 4096

static char *silent, *answers; /* at the same place in the child */

static bool register_page(void)
{
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register r = {.range = {(uintptr_t)silent, PAGE}, .mode = UFFDIO_REGISTER_MODE_MISSING};

	return fd >= 0 && !ioctl(fd, UFFDIO_API, &api) && !ioctl(fd, UFFDIO_REGISTER, &r);
}

/* 0: this machine does not let it. */
static pid_t start_child(void)
{
	char byte = 0;
	int ready[2];
	pid_t child;

	silent = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	answers = silent + PAGE;
	memset(answers, 'a', PAGE); /* the page behind it is present nowhere */
	if (silent == MAP_FAILED || pipe(ready))
		exit(2);
	fflush(stdout);
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		byte = register_page() ? 'y' : 'n';
		if (write(ready[1], &byte, 1) != 1)
			_exit(2);
		for (;;)
			pause();
	}
	if (read(ready[0], &byte, 1) != 1)
		exit(2);
	close(ready[0]);
	close(ready[1]);
	if (byte == 'y')
		return child;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return 0;
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

TEST(a_page_without_an_answer)
{
	pid_t child = start_child();
	struct process *p = NULL;
	uint64_t from, took;
	char buf[2 * PAGE];

	if (!child)
		return;
	CHECK(process__open(child, &p) == 0);
	/* Nothing but present pages once the first reading has had its time. */
	from = monotonic_ns();
	CHECK(process__read(p, (uintptr_t)silent, buf, sizeof(buf)) < 0);
	took = monotonic_ns() - from;
	CHECK(took >= SILENCE_NS);
	CHECK(process__doubtful(p));
	CHECK(process__unanswered(p) == 1);
	CHECK(memory__unread() == 1);
	CHECK(process__read(p, (uintptr_t)answers, buf, PAGE) == PAGE);
	CHECK(buf[0] == 'a' && buf[PAGE - 1] == 'a');
	CHECK(process__read(p, (uintptr_t)answers + 100, buf, 10) == 10);
	/* It is not asked for again. */
	from = monotonic_ns();
	for (int i = 0; i < 100; i++)
		CHECK(process__read(p, (uintptr_t)silent, buf, 8) < 0);
	CHECK(monotonic_ns() - from < SILENCE_NS);
	CHECK(process__unanswered(p) == 1);
	process__close(p);
	/* Nor by another who looks at it. */
	CHECK(process__open(child, &p) == 0);
	CHECK(process__doubtful(p) && process__unanswered(p) == 1);
	from = monotonic_ns();
	CHECK(process__read(p, (uintptr_t)silent, buf, 8) < 0);
	CHECK(monotonic_ns() - from < SILENCE_NS);
	process__close(p);
	end_child(child);
}

/* One that another reader stopped at: nothing of it is read, and later processes with its PID are others. */
TEST(a_process_that_is_left_alone)
{
	pid_t child = start_child();
	uint64_t unread = memory__unread();
	struct process *p = NULL;
	char buf[8];

	if (!child)
		return;
	silence__leave_alone(0);
	CHECK(memory__unread() == unread);
	CHECK(!process__silent(&(struct process){0})); /* only its folder in /proc is open */
	silence__leave_alone(child);
	CHECK(memory__unread() == unread + 1);
	CHECK(process__open(child, &p) == 0);
	CHECK(process__silent(p) && process__doubtful(p) && process__unanswered(p) == 1);
	CHECK(process__read(p, (uintptr_t)answers, buf, 8) < 0);
	p->start_ticks = process__ticks_now() + 1;
	CHECK(!process__silent(p) && process__unanswered(p) == 0);
	process__close(p);
	end_child(child);
}

TEST(what_is_beside_it_is_read)
{
	pid_t child = start_child();
	struct process *p = NULL;
	char bytes[6][16] = {{0}};
	struct memory_piece list[] = {
		{.address = (uintptr_t)answers, .buf = bytes[0], .len = 16},
		{.address = (uintptr_t)silent, .buf = bytes[1], .len = 16},
		{.address = (uintptr_t)answers + 16, .buf = bytes[2], .len = 0},
		{.address = 8, .buf = bytes[3], .len = 16},
		{.address = (uintptr_t)answers + PAGE - 16, .buf = bytes[4], .len = 16},
		{.address = (uintptr_t)silent + PAGE - 8, .buf = bytes[5], .len = 16},
	};

	if (!child)
		return;
	CHECK(process__open(child, &p) == 0);
	CHECK(process__read_many(p, list, 6) == 0);
	CHECK(list[0].got == 16 && bytes[0][0] == 'a');
	CHECK(list[1].got < 0);
	CHECK(list[3].got < 0);
	CHECK(list[4].got == 16 && bytes[4][15] == 'a');
	CHECK(list[5].got < 0);
	CHECK(process__unanswered(p) == 1);
	process__close(p);
	end_child(child);
}

/* Twenty of them cost what may be spent in all, and a short while each. */
TEST(many_processes_share_one_budget)
{
	uint64_t from = monotonic_ns();
	char byte;

	for (int i = 0; i < 20; i++) {
		pid_t child = start_child();
		struct process *p = NULL;

		if (!child)
			return;
		CHECK(process__open(child, &p) == 0);
		CHECK(process__read(p, (uintptr_t)silent, &byte, 1) < 0);
		process__close(p);
		end_child(child);
		munmap(silent, 3 * PAGE);
	}
	CHECK(monotonic_ns() - from < 4 * NS_PER_S);
}

/* A file of the helper's directory in /proc, up to the room; the helper is the only child. */
static bool of_helper(const char *name, char *text, size_t room)
{
	char path[64];
	int pid = 0;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	f = fopen(path, "re");
	if (!f || fscanf(f, "%d", &pid) != 1) {
		if (f)
			fclose(f);
		return false;
	}
	fclose(f);
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fread(text, 1, room - 1, f);
	text[n] = '\0';
	fclose(f);
	return true;
}

TEST(the_helper_has_what_it_needs)
{
	const uint64_t most = 1ull << CAP_SYS_PTRACE | 1ull << CAP_DAC_READ_SEARCH | 1ull << 40;
	static char status[8192];
	struct process *p = NULL;
	uint64_t mine = 0, has = 0;
	char byte;
	FILE *f;

	CHECK(process__open(getpid(), &p) == 0);
	CHECK(process__read(p, (uintptr_t)&mine, &byte, 1) == 1);
	process__close(p);
	f = fopen("/proc/self/status", "re");
	CHECK(f && fread(status, 1, sizeof(status) - 1, f) > 0);
	fclose(f);
	CHECK(status__number(status, "CapPrm", 16, &mine));
	if (!of_helper("status", status, sizeof(status)))
		return; /* a kernel without CONFIG_PROC_CHILDREN */
	CHECK(status__number(status, "CapPrm", 16, &has));
	CHECK(has == (mine & 1ull << CAP_SYS_PTRACE ? mine & most : mine));
	CHECK(strstr(status, "NoNewPrivs:\t1"));
}

TEST(pieces_beyond_what_fits_at_once)
{
	enum { PIECES = 2000, BYTES = 3000 };
	struct memory_piece *list = calloc(PIECES, sizeof(*list));
	static char large[3 << 20], copy[3 << 20];
	struct process *p = NULL;

	memset(large, 'l', sizeof(large));
	CHECK(process__open(getpid(), &p) == 0);
	CHECK(process__read(p, (uintptr_t)large, copy, sizeof(copy)) == (ssize_t)sizeof(copy));
	CHECK(!memcmp(large, copy, sizeof(copy)));
	for (int i = 0; i < PIECES; i++)
		list[i] = (struct memory_piece){.address = (uintptr_t)large + (size_t)i,
						.buf = copy + 1000 * (size_t)i,
						.len = BYTES};
	memset(copy, 0, sizeof(copy));
	CHECK(process__read_many(p, list, PIECES) == 0);
	for (int i = 0; i < PIECES; i++)
		CHECK(list[i].got == BYTES && copy[1000 * (size_t)i] == 'l');
	process__close(p);
	free(list);
}

/* They are read ahead, until one gives no answer. */
TEST(a_page_without_an_answer_among_many_pieces)
{
	enum { PIECES = 1000, SILENT = 500 };
	pid_t child = start_child();
	struct memory_piece *list = calloc(PIECES, sizeof(*list));
	char(*bytes)[16] = calloc(PIECES, sizeof(*bytes));
	struct process *p = NULL;

	for (size_t i = 0; i < PIECES; i++)
		list[i] =
			(struct memory_piece){.address = (uintptr_t)answers + i, .buf = bytes[i], .len = 16};
	list[SILENT].address = (uintptr_t)silent;
	CHECK(!child || process__open(child, &p) == 0);
	CHECK(!child || process__read_many(p, list, PIECES) == 0);
	for (size_t i = 0; i < PIECES && child; i++)
		CHECK(i == SILENT ? list[i].got < 0 : list[i].got == 16 && bytes[i][15] == 'a');
	CHECK(!child || process__unanswered(p) == 1);
	process__close(p);
	free(bytes);
	free(list);
	if (child)
		end_child(child);
}

TEST(each_piece_gets_its_own_bytes)
{
	enum { PIECES = 3000, BYTES = 100 };
	struct memory_piece *list = calloc(PIECES, sizeof(*list));
	static uint32_t values[PIECES + BYTES / 4];
	static uint32_t copy[PIECES][BYTES / 4];
	struct process *p = NULL;

	for (uint32_t i = 0; i < PIECES + BYTES / 4; i++)
		values[i] = i * 2654435761u;
	for (size_t i = 0; i < PIECES; i++)
		list[i] = (struct memory_piece){
			.address = i % 7 ? (uintptr_t)&values[i] : 8, .buf = copy[i], .len = BYTES};
	CHECK(process__open(getpid(), &p) == 0);
	CHECK(process__read_many(p, list, PIECES) == 0);
	for (size_t i = 0; i < PIECES; i++)
		CHECK(i % 7 ? list[i].got == BYTES && !memcmp(copy[i], &values[i], BYTES) : list[i].got < 0);
	process__close(p);
	free(list);
}

TEST_MAIN
