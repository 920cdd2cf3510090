/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz target without libFuzzer:
 *   fuzz_x FILE...             each file once
 *   fuzz_x -t SECONDS [-s SEED] [FILE...]
 *                              mutations of the files (else of the target's own, /bin/true and the vDSO)
 * The input that runs is beside the program, in fuzz_x.last, so that a crash leaves
 * it behind; the slowest one in fuzz_x.slow.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Files to begin with, from the project's folder, where a fuzz target has its own; ends with NULL. */
extern const char *const fuzz_seeds[] __attribute__((weak));

#define SEEDS_MAX  64
#define BYTES_MAX  (4u << 20)
#define SLOW_AFTER 10 /* seconds for one input */

static struct {
	uint8_t *bytes;
	size_t len;
} seeds[SEEDS_MAX];
static size_t seed_count;
static uint64_t state = 88172645463325252;

static uint64_t next_random(void) /* xorshift64 */
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static size_t below(size_t n)
{
	return n ? (size_t)(next_random() % n) : 0;
}

static void add_seed(const void *bytes, size_t len)
{
	if (seed_count == SEEDS_MAX || !len || len > BYTES_MAX)
		return;
	seeds[seed_count].bytes = malloc(len);
	memcpy(seeds[seed_count].bytes, bytes, len);
	seeds[seed_count++].len = len;
}

static void add_file(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *bytes;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size <= 0 || st.st_size > (off_t)BYTES_MAX) {
		fprintf(stderr, "%s: not used\n", path);
		exit(2);
	}
	bytes = malloc((size_t)st.st_size);
	if (pread(fd, bytes, (size_t)st.st_size, 0) == st.st_size)
		add_seed(bytes, (size_t)st.st_size);
	free(bytes);
	close(fd);
}

/* Where something is likely to matter: the head, the tables at the end, or anywhere. */
static size_t place(size_t len)
{
	switch (below(8)) {
	case 0: /* rarely: most of what is wrong there is refused at once */
		return below(len < 1024 ? len : 1024);
	case 1:
		return len - 1 - below(len < 4096 ? len : 4096);
	default:
		return below(len);
	}
}

static void mutate_once(uint8_t *b, size_t *len)
{
	static const uint64_t odd[] = {0,          1,           0x7f,       0x80,
				       0xff,       0xffff,      0x7fffffff, 0x80000000,
				       0xffffffff, 0x100000000, UINT64_MAX, 1ULL << 63};
	size_t at = place(*len), n;
	uint64_t v;

	switch (below(7)) {
	case 0:
		b[at] ^= (uint8_t)(1u << below(8));
		break;
	case 1:
		b[at] = (uint8_t)next_random();
		break;
	case 2:
	case 3:
		n = (size_t)1 << below(4);
		v = odd[below(sizeof(odd) / sizeof(odd[0]))];
		if (at + n <= *len)
			memcpy(b + at, &v, n);
		break;
	case 4: /* one number a little off */
		n = (size_t)4 << below(2);
		v = 0;
		if (at + n <= *len) {
			memcpy(&v, b + at, n);
			v += below(65) - 32;
			memcpy(b + at, &v, n);
		}
		break;
	case 5:
		n = below(64);
		if (at + n <= *len) {
			size_t from = below(*len - n + 1);
			memmove(b + at, b + from, n);
		}
		break;
	default:
		if (below(8) == 0)
			*len = 1 + below(*len);
	}
}

static int open_beside(const char *suffix)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s.%s", program_invocation_name, suffix);
	return open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

static void keep_last(const uint8_t *bytes, size_t len)
{
	static int fd = -1;

	if (fd < 0)
		fd = open_beside("last");
	if (fd < 0 || pwrite(fd, bytes, len, 0) != (ssize_t)len || ftruncate(fd, (off_t)len) < 0)
		exit(2);
}

static void keep_slow(const uint8_t *bytes, size_t len)
{
	int fd = open_beside("slow");

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		exit(2);
	close(fd);
}

static int run_mutations(unsigned long seconds)
{
	time_t end = time(NULL) + (time_t)seconds, slowest = 0;
	unsigned long runs = 0;
	uint8_t *b = malloc(BYTES_MAX);

	while (b && time(NULL) < end) {
		size_t which = below(seed_count), len = seeds[which].len;
		time_t start = time(NULL);
		uint8_t *exact;

		memcpy(b, seeds[which].bytes, len);
		for (size_t n = 1 + below(below(2) ? 4 : 40); n; n--)
			mutate_once(b, &len);
		keep_last(b, len);
		/* A copy of just that size, so that ASan sees a read past its end. */
		exact = malloc(len);
		memcpy(exact, b, len);
		LLVMFuzzerTestOneInput(exact, len);
		free(exact);
		runs++;
		if (time(NULL) - start > slowest) {
			slowest = time(NULL) - start;
			keep_slow(b, len);
		}
		if (slowest > SLOW_AFTER) {
			fprintf(stderr, "one input took %ld s: see %s.last\n", (long)slowest,
				program_invocation_name);
			return 1;
		}
	}
	free(b);
	printf("%lu runs, slowest under %ld s\n", runs, (long)slowest + 1);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long seconds = 0;
	int opt;

	while ((opt = getopt(argc, argv, "t:s:")) != -1) {
		if (opt == 't')
			seconds = strtoul(optarg, NULL, 10);
		else if (opt == 's')
			state ^= strtoull(optarg, NULL, 10) * 0x9e3779b97f4a7c15;
		else
			return 2;
	}
	for (int i = optind; i < argc; i++)
		add_file(argv[i]);
	for (size_t i = 0; argc == optind && fuzz_seeds && fuzz_seeds[i]; i++)
		add_file(fuzz_seeds[i]);
	if (!seed_count) {
		add_file("/bin/true");
		add_seed((void *)(uintptr_t)getauxval(AT_SYSINFO_EHDR), 8192);
	}
	if (seconds)
		return run_mutations(seconds);
	for (size_t i = 0; i < seed_count; i++)
		LLVMFuzzerTestOneInput(seeds[i].bytes, seeds[i].len);
	printf("%zu inputs\n", seed_count);
	return 0;
}
