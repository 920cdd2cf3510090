// SPDX-License-Identifier: GPL-2.0-or-later
/* The parser: answers that are lies, and one that is another process, crashes or hangs. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "symbols/module.h"
#include "symbols/parser.h"
#include "symbols/supply.h"
#include "symbols/symbols.h"
#include "test.h"
#include "util/progress.h"

__attribute__((noinline)) void test_function(void)
{
	__asm__ volatile("");
}

/* ---- hostile answers ---------------------------------------------------------------- */

static uint32_t seed;

static uint8_t next_byte(void)
{
	seed = seed * 1664525 + 1013904223;
	return (uint8_t)(seed >> 24);
}

/* Some of it small, as counts and flags are. */
static void fill_with_anything(struct parser_message *m)
{
	m->head.bytes = next_byte() % 4 ? sizeof(struct frame_body) + next_byte() : next_byte();
	for (uint32_t i = 0; i < m->head.bytes; i++)
		m->body[i] = next_byte() & 1 ? next_byte() : next_byte() & 3;
}

static void lie(const struct parser_request *r, const char *text, int fd, const struct module_place *at,
		struct parser_message *ret)
{
	if (r->kind == PARSER_OPEN || r->kind == PARSER_CLOSE) {
		parser_serve__request(r, text, fd, at, ret);
		return;
	}
	if (fd >= 0)
		close(fd);
	fill_with_anything(ret);
	ret->head.error = 0;
}

static struct module *open_module(const char *path)
{
	struct module_place at = {.path = path};
	struct found_file file = {.fd = open(path, O_RDONLY | O_CLOEXEC)};
	struct module *m = NULL;

	CHECK(file.fd >= 0 && !fstat(file.fd, &file.st));
	CHECK_EQ(module__open_file(&file, &at, &m), 0);
	return m;
}

static void check_names(struct module *m, const struct module_place *at, uint64_t vaddr)
{
	struct module_name names[DWARF_FRAMES_MAX], object;
	const struct elf_symbol *s = module__function(m, at, vaddr);
	size_t n = module__names(m, at, LINES_ALWAYS, vaddr, names), bytes = 0;

	CHECK(n >= 1 && n <= DWARF_FRAMES_MAX);
	for (size_t i = 0; i < n; i++) {
		bytes += names[i].function ? strlen(names[i].function) : 0;
		bytes += names[i].file ? strlen(names[i].file) : 0;
		CHECK(names[i].line >= 0 && (names[i].file || !names[i].line));
	}
	CHECK(bytes < (size_t)2 * DWARF_FRAMES_MAX * PARSER_BODY_MAX);
	CHECK(names[n - 1].start <= vaddr);
	CHECK(!s || (s->start <= vaddr && vaddr < s->end && strlen(s->name) < PARSER_BODY_MAX));
	if (module__object(m, at, vaddr, &object))
		CHECK(object.start <= vaddr && object.function);
}

static void check_call_frame(struct module *m, const struct module_place *at, uint64_t vaddr)
{
	static volatile uint64_t sum;
	const Dwarf_Op *ops;
	struct call_frame f;

	if (!module__call_frame(m, at, CALL_FRAME_EH, vaddr, 17, &f, &ops))
		return;
	for (size_t i = 0; i < CALL_FRAME_REGS; i++)
		for (size_t k = 0; k < f.regs[i].count; k++)
			sum += ops[f.regs[i].first + k].number;
}

TEST(answers_that_make_no_sense_are_none)
{
	struct module_place at = {.path = "/proc/self/exe"};
	struct module *m = open_module("/proc/self/exe");
	char text[100];

	parser__answered_by(lie);
	for (seed = 1; seed < 3000; seed += 7) {
		uint64_t vaddr = module__start(m) + seed;

		check_names(m, &at, vaddr);
		check_call_frame(m, &at, vaddr);
		module__go_variable(m, &at, LINES_ALWAYS, "main.x", 0, text, sizeof(text));
	}
	parser__answered_by(parser_serve__request);
	module__put(m);
}

static void lie_of_the_file(const struct parser_request *r, const char *text, int fd,
			    const struct module_place *at, struct parser_message *ret)
{
	(void)r, (void)text, (void)at;
	if (fd >= 0)
		close(fd);
	fill_with_anything(ret);
	if (next_byte() & 1)
		ret->head.bytes = sizeof(struct opened_body);
	ret->head.error = 0;
}

TEST(segments_that_make_no_sense_are_none)
{
	struct module_place at = {.path = "/x"};
	uint64_t vaddr;

	parser__answered_by(lie_of_the_file);
	for (uint32_t first = 1; first < 2000; first++) {
		struct found_file file = {.fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)};
		struct module *m;

		seed = first;
		if (module__open_file(&file, &at, &m))
			continue;
		CHECK(module__start(m) <= module__end(m));
		module__vaddr(m, 4096, true, &vaddr);
		module__put(m);
	}
	parser__answered_by(parser_serve__request);
}

static char noted[PROGRESS_FILE];

static void note_progress(const struct parser_request *r, const char *text, int fd,
			  const struct module_place *at, struct parser_message *ret)
{
	if (r->kind == PARSER_FUNCTION)
		progress__file(noted, sizeof(noted));
	parser_serve__request(r, text, fd, at, ret);
}

/* It is said at which file a collector stopped, and the next one leaves that out. */
TEST(a_file_that_is_left_out)
{
	struct module_place at = {.path = "/bin/true"}, other = {.path = "/other"};
	uint64_t refused = budget__refused(), place;
	struct module *m = open_module("/bin/true");
	char file[PROGRESS_FILE];

	CHECK(progress__share());
	parser__answered_by(note_progress);
	place = module__entry(m);
	module__function(m, &other, place);
	CHECK_STR(noted, "/other");
	progress__file(file, sizeof(file));
	CHECK_STR(file, "");
	*noted = '\0';
	module__leave_out("/other");
	module__function(m, &at, place);
	CHECK_STR(noted, "/bin/true");
	CHECK_EQ(budget__refused(), refused);
	*noted = '\0';
	CHECK(!module__function(m, &other, place));
	CHECK_STR(noted, "");
	CHECK_EQ(budget__refused(), refused + 1);
	parser__answered_by(parser_serve__request);
	module__put(m);
}

TEST(nothing_is_opened_but_what_debug_files_may_be)
{
	struct supply_wish w = {.kind = SUPPLY_LINK_BESIDE};
	static const char *const names[] = {"../etc/passwd", "..", "a/b", ""};
	struct process *p;

	CHECK_EQ(process__open(getpid(), &p), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(w.text, sizeof(w.text), "%s", names[i]);
		w.length = (uint32_t)strlen(w.text);
		CHECK(supply__open(p, "/usr/bin/x", &w) < 0);
	}
	/* A path, but of no ELF file */
	w.kind = SUPPLY_ALT;
	w.length = (uint32_t)snprintf(w.text, sizeof(w.text), "/etc/passwd");
	CHECK(supply__open(p, "/usr/bin/x", &w) < 0);
	w.host = true;
	w.length = (uint32_t)snprintf(w.text, sizeof(w.text), "/usr/lib/debug/.dwz/../../../bin/true");
	CHECK(supply__open(p, "/usr/bin/x", &w) < 0);
	w.length = SUPPLY_TEXT_MAX + 1;
	CHECK(supply__open(p, "/usr/bin/x", &w) < 0);
	w.kind = SUPPLY_SERVER + 1;
	CHECK(supply__open(p, "/usr/bin/x", &w) < 0);
	w = (struct supply_wish){.kind = SUPPLY_BUILD_ID, .length = SUPPLY_ID_MAX + 1};
	CHECK(supply__open(p, "/usr/bin/x", &w) < 0);
	process__close(p);
}

/* ---- another process ------------------------------------------------------------------ */

static pid_t child(void)
{
	char path[64];
	int pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	f = fopen(path, "r");
	while (f && fscanf(f, "%d", &pid) == 1)
		;
	if (f)
		fclose(f);
	return pid;
}

static uint64_t status_of(pid_t pid, const char *key, int base)
{
	char path[64], line[256];
	uint64_t value = UINT64_MAX;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)))
			value = strtoull(line + strlen(key), NULL, base);
	if (f)
		fclose(f);
	return value;
}

static bool is_named(struct symbolizer *s)
{
	struct frame f;

	symbolizer__code(s, (uintptr_t)test_function, false, &f);
	return f.function && !strcmp(f.function, "test_function");
}

static struct symbolizer *new_symbolizer(struct process *p)
{
	struct symbolizer *s = NULL;

	CHECK_EQ(symbolizer__new(p, &s), 0);
	return s;
}

/* The parser stays for the rest: so this is the last test. */
TEST(another_process_parses_and_may_die)
{
	uint64_t refused = budget__refused();
	struct symbolizer *s;
	struct process *p;
	pid_t pid;

	CHECK_EQ(process__open(getpid(), &p), 0);
	parser__separate();
	s = new_symbolizer(p);
	CHECK(is_named(s));
	pid = child();
	CHECK_EQ(status_of(pid, "CapEff:", 16), 0);
	CHECK_EQ(status_of(pid, "CapPrm:", 16), 0);
	CHECK_EQ(status_of(pid, "NoNewPrivs:", 10), 1);
	CHECK_EQ(status_of(pid, "Seccomp:", 10), 2);

	/* It dies when it has nothing to do: that is no file's fault. */
	kill(pid, SIGKILL);
	symbolizer__free(s);
	s = new_symbolizer(p);
	CHECK(is_named(s));
	CHECK_EQ(budget__refused(), refused);
	CHECK(child() != pid);
	CHECK(!parser__given_up());

	/* It hangs: the names of that file fall away, which is counted. */
	kill(child(), SIGSTOP);
	symbolizer__free(s);
	s = new_symbolizer(p);
	CHECK(!is_named(s));
	CHECK_EQ(budget__refused(), refused + 1);
	CHECK(parser__given_up() && strstr(parser__given_up(), "test_parser"));
	symbolizer__free(s);
	s = new_symbolizer(p);
	CHECK(!is_named(s));
	CHECK_EQ(budget__refused(), refused + 1);
	symbolizer__free(s);
	process__close(p);
}

TEST_MAIN
