/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What foreign bytes may cost a run: the accounts, and files that cost more than they are worth. */
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "symbols/parsed.h"
#include "symbols/perfmap.h"
#include "test.h"
#include "thresholds.h"
#include "util/budget.h"
#include "util/clock.h"
#include "util/heap.h"

#define MB (1ull << 20)

static void usual(void)
{
	budget__limit(NAMES_MEMORY_MB << 20, NS_OF_MS(NAMES_TIME_MS));
	budget__expect(1);
}

TEST(memory_is_taken_and_comes_back)
{
	struct budget_hold a = {0}, b = {0};
	struct budget_share *s = budget_share__new();
	uint64_t before = budget__bytes();

	budget__limit(before + 100 * MB, NS_OF_S(60));
	budget__begin(s, BUDGET_STACKS);
	CHECK(budget__take(&a, 60 * MB));
	CHECK(!budget__take(&b, 60 * MB));
	CHECK_EQ(b.bytes, 0);
	budget__end();
	budget_share__put(s); /* lives on in a */
	budget__drop(&a, UINT64_MAX);
	CHECK_EQ(budget__bytes(), before);
	CHECK(budget__take(&b, 60 * MB));
	budget__drop(&b, 20 * MB);
	CHECK_EQ(b.bytes, 40 * MB);
	budget__drop(&b, UINT64_MAX);
	CHECK_EQ(budget__bytes(), before);
	usual();
}

TEST(names_leave_something_to_stacks)
{
	struct budget_hold a = {0}, b = {0};

	budget__limit(80 * MB, NS_OF_S(60));
	budget__begin(NULL, BUDGET_NAMES);
	CHECK(!budget__take(&a, 71 * MB));
	CHECK(budget__take(&a, 69 * MB));
	budget__end();
	budget__begin(NULL, BUDGET_STACKS);
	CHECK(budget__take(&b, 10 * MB));
	budget__end();
	budget__drop(&a, UINT64_MAX);
	budget__drop(&b, UINT64_MAX);
	usual();
}

/* Nine that take whatever they get, in whatever pieces, leave the tenth its part. */
TEST(many_greedy_processes_leave_the_next_its_part)
{
	struct budget_share *shares[10];
	struct budget_hold holds[10] = {0};
	uint64_t limit = 800 * MB, least = limit / 8 / 10 * 7 / 8;

	budget__limit(limit, NS_OF_S(60));
	budget__expect(10);
	for (int i = 0; i < 10; i++) {
		shares[i] = budget_share__new();
		budget__begin(shares[i], BUDGET_NAMES);
		for (uint64_t piece = 512 * MB; piece >= 4096; piece /= 2)
			while (budget__take(&holds[i], piece))
				;
		budget__end();
		CHECK(holds[i].bytes >= least - 4096);
	}
	CHECK(holds[0].bytes > limit / 2); /* the first large one has enough */
	CHECK(budget__bytes() <= limit);
	for (int i = 0; i < 10; i++) {
		budget__drop(&holds[i], UINT64_MAX);
		budget_share__put(shares[i]);
	}
	CHECK_EQ(budget__bytes(), 0);
	usual();
}

static void burn(uint64_t ns)
{
	uint64_t until = clock_ns(CLOCK_THREAD_CPUTIME_ID) + ns;

	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < until)
		;
}

TEST(time_is_spent_and_comes_back_slowly)
{
	uint64_t limit = budget__spent_ns() + NS_OF_MS(80);
	unsigned steps = 0;

	CHECK(budget__has_time(NS_OF_S(100))); /* of nobody's turn */
	budget__limit(MB, limit);
	budget__begin(NULL, BUDGET_STACKS);
	CHECK(budget__has_time(NS_OF_MS(10)));
	CHECK(!budget__has_time(NS_OF_MS(200)));
	budget__begin(NULL, BUDGET_NAMES); /* belongs to the outer one */
	burn(NS_OF_MS(30));
	budget__end();
	CHECK(budget__has_time(0));
	while (budget__ticks(&steps))
		burn(NS_OF_MS(1));
	budget__end();
	CHECK(budget__spent_ns() >= limit - NS_OF_MS(1));
	budget__begin(NULL, BUDGET_NAMES);
	CHECK(!budget__has_time(NS_OF_MS(1)));
	budget__end();
	usleep(100000);
	budget__begin(NULL, BUDGET_STACKS);
	budget__end();
	/* 100 ms give 2 back, at least; a busy machine sleeps longer. */
	CHECK(budget__spent_ns() < limit + NS_OF_MS(70));
	usual();
}

/* ---- files ------------------------------------------------------------------------------- */

static int own_file(void)
{
	return open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
}

/* A copy of this program, in memory, whose header is changed. */
static struct elf_file *damaged(void (*change)(int fd, Elf64_Ehdr *e), int *ret_err)
{
	static struct elf_file f;
	char buf[65536];
	int from = own_file(), fd = memfd_create("damaged", MFD_CLOEXEC);
	Elf64_Ehdr e;
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0)
		CHECK_EQ(write(fd, buf, (size_t)n), n);
	close(from);
	CHECK_EQ(pread(fd, &e, sizeof(e), 0), (ssize_t)sizeof(e));
	change(fd, &e);
	CHECK_EQ(pwrite(fd, &e, sizeof(e), 0), (ssize_t)sizeof(e));
	*ret_err = elf_file__open_fd(fd, &f);
	return &f;
}

static void nothing(int fd, Elf64_Ehdr *e)
{
	(void)fd;
	(void)e;
}

/* The number of sections comes from the first one's size: 60 million records of libelf. */
static void many_sections(int fd, Elf64_Ehdr *e)
{
	Elf64_Shdr first = {.sh_size = 60000000};

	CHECK_EQ(ftruncate(fd, 4ll << 30), 0);
	e->e_shoff = 64 * MB;
	e->e_shnum = 0;
	CHECK_EQ(pwrite(fd, &first, sizeof(first), (off_t)e->e_shoff), (ssize_t)sizeof(first));
}

/* The names of the sections are 4 GiB of nothing. */
static void long_names(int fd, Elf64_Ehdr *e)
{
	off_t at = (off_t)(e->e_shoff + e->e_shstrndx * sizeof(Elf64_Shdr));
	Elf64_Shdr s;

	CHECK_EQ(pread(fd, &s, sizeof(s), at), (ssize_t)sizeof(s));
	s.sh_size = 4ull << 30;
	CHECK_EQ(pwrite(fd, &s, sizeof(s), at), (ssize_t)sizeof(s));
	CHECK_EQ(ftruncate(fd, 6ll << 30), 0);
}

TEST(tables_beyond_a_linkers_are_not_read)
{
	struct elf_file *f;
	int err;

	budget__limit(64ull << 30, NS_OF_S(60));
	f = damaged(nothing, &err);
	CHECK_EQ(err, 0);
	CHECK(f->sections > 10);
	elf_file__close(f);
	damaged(many_sections, &err);
	CHECK_EQ(err, -E2BIG);
	damaged(long_names, &err);
	CHECK_EQ(err, -E2BIG);
	CHECK_EQ(budget__bytes(), 0);
	usual();
}

TEST(without_memory_the_exported_symbols_remain)
{
	struct module_place place = {.path = "/proc/self/exe"};
	uint64_t refused = budget__refused();
	struct parsed *m;

	CHECK_EQ(parsed__open_fd(own_file(), &m), 0);
	budget__limit(budget__bytes() + 4096, NS_OF_S(60));
	parsed__function(m, &place, parsed__entry(m));
	CHECK(budget__refused() > refused);
	parsed__put(m);
	CHECK_EQ(budget__bytes(), 0);
	usual();
	/* The same file, with memory */
	CHECK_EQ(parsed__open_fd(own_file(), &m), 0);
	CHECK(parsed__function(m, &place, parsed__entry(m)));
	CHECK(budget__bytes() > 10000);
	parsed__put(m);
	CHECK_EQ(budget__bytes(), 0);
}

TEST(a_large_perf_map_is_left_out_whole)
{
	size_t lines = 200000, len = 0;
	char *text = heap__alloc(lines * 24);
	struct perfmap m = {0};

	for (size_t i = 0; i < lines; i++)
		len += (size_t)sprintf(text + len, "%zx 8 f%zu\n", 4096 + i * 16, i);
	CHECK_EQ(perfmap__parse(&m, text, len), 0);
	CHECK(symtab__find(&m.functions, 4096 + 16));
	perfmap__free(&m);
	budget__limit(4 * MB, NS_OF_S(60));
	CHECK_EQ(perfmap__parse(&m, text, len), -E2BIG);
	CHECK(!symtab__find(&m.functions, 4096 + 16));
	perfmap__free(&m);
	free(text);
	CHECK_EQ(budget__bytes(), 0);
	usual();
}

TEST(a_refused_file_counts_once)
{
	struct stat a = {.st_dev = 1, .st_ino = 2}, b = {.st_dev = 2, .st_ino = 1};
	uint64_t refused = budget__refused();

	CHECK(budget__file(&a) && budget__file(&a) != budget__file(&b));
	for (int i = 0; i < 3; i++)
		budget__refuse(budget__file(&a));
	CHECK_EQ(budget__refused(), refused + 1);
	budget__refuse(budget__file(&b));
	CHECK_EQ(budget__refused(), refused + 2);
	budget__refuse(0);
	budget__refuse(0);
	CHECK_EQ(budget__refused(), refused + 4);
}

TEST_MAIN
