/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/cfi_check.h"
#include "symbols/debug_file.h"
#include "symbols/demangle.h"
#include "symbols/module.h"
#include "symbols/perfmap.h"
#include "symbols/strings.h"
#include "symbols/symbols.h"
#include "test.h"

/* ---- pure parts ---------------------------------------------------------- */

static const char *demangled(const char *name)
{
	static char buf[256];

	demangle(name, buf, sizeof(buf));
	return buf;
}

TEST(names_are_demangled_without_parameters)
{
	CHECK_STR(demangled("main"), "main");
	CHECK_STR(demangled("_ZNSt6thread4joinEv"), "std::thread::join");
	CHECK_STR(demangled("_ZNSt6vectorIiSaIiEE9push_backERKi"),
		  "std::vector<int, std::allocator<int> >::push_back");
	CHECK_STR(demangled("_ZN3std2io5stdio6_print17h0123456789abcdefE"), "std::io::stdio::_print");
	CHECK_STR(demangled("_RNvC6_123foo3bar"), "123foo::bar");
	CHECK_STR(demangled("pthread_cond_wait@@GLIBC_2.3.2"), "pthread_cond_wait");
	CHECK_STR(demangled("_ZNSt6thread4joinEv@@GLIBCXX_3.4.11"), "std::thread::join");
	CHECK_STR(demangled("malloc@plt"), "malloc@plt");
	CHECK_STR(demangled("_ZNSt6thread4joinEv@plt"), "std::thread::join@plt");
	CHECK_STR(demangled("_ZZZZ"), "_ZZZZ");
	CHECK_STR(demangled(""), "");
	CHECK_STR(demangled("@"), "@");
}

TEST(long_names_are_cut)
{
	static char name[100000];
	char buf[100];

	memset(name, 'x', sizeof(name) - 1);
	demangle(name, buf, sizeof(buf));
	CHECK_EQ(strlen(buf), 99);
	name[0] = '_', name[1] = 'Z';
	demangle(name, buf, sizeof(buf));
	CHECK_EQ(strlen(buf), 99);
}

static void add(struct symtab *t, uint64_t start, uint64_t size, uint64_t end, const char *name, uint8_t rank)
{
	struct elf_symbol s = {start, size ? start + size : end, name, rank, size != 0};

	symtab__push(t, &s);
}

static const char *at(const struct symtab *t, uint64_t vaddr)
{
	const struct elf_symbol *s = symtab__find(t, vaddr);

	return s ? s->name : "none";
}

TEST(symbols_cover_their_range)
{
	struct symtab t = {0};

	CHECK_STR(at(&t, 1), "none");
	add(&t, 0x100, 0x20, 0, "one", 0);
	add(&t, 0x110, 0, 0x1000, "label inside one", 0);
	add(&t, 0x140, 0, 0x1000, "no size", 0);
	add(&t, 0x180, 0x10, 0, "__alias", 0);
	add(&t, 0x180, 0x10, 0, "alias", 0);
	add(&t, 0x1a0, 0x10, 0, "local", 1);
	add(&t, 0x1a0, 0x10, 0, "global", 2);
	add(&t, 0x200, 0, 0x210, "last", 0);
	symtab__finish(&t);
	CHECK_STR(at(&t, 0xff), "none");
	CHECK_STR(at(&t, 0x100), "one");
	CHECK_STR(at(&t, 0x111), "one");
	CHECK_STR(at(&t, 0x11f), "one");
	CHECK_STR(at(&t, 0x13f), "label inside one");
	CHECK_STR(at(&t, 0x17f), "no size");
	CHECK_STR(at(&t, 0x185), "alias");
	CHECK_STR(at(&t, 0x190), "none");
	CHECK_STR(at(&t, 0x1a0), "global");
	CHECK_STR(at(&t, 0x20f), "last");
	CHECK_STR(at(&t, 0x210), "none");
	symtab__free(&t);
}

TEST(perfmaps_are_read)
{
	static const char text[] = "1000 10 first\n"
				   "0x2000 20 Ljava/lang/Object;::wait(long, int)\r\n"
				   "nonsense\n"
				   "3000\n"
				   "4000 0 empty\n"
				   "ffffffffffffffff 10 wraps\n"
				   "11111111111111111 10 too long\n"
				   "1000 18 again\n"
				   "5000 10 not ended";
	struct perfmap m = {0};

	CHECK_EQ(perfmap__parse(&m, text, sizeof(text) - 1), 0);
	CHECK_EQ(m.functions.count, 2);
	CHECK_STR(at(&m.functions, 0x1017), "again");
	CHECK_STR(at(&m.functions, 0x2000), "Ljava/lang/Object;::wait(long, int)");
	CHECK_STR(at(&m.functions, 0x2020), "none");
	CHECK_STR(at(&m.functions, 0x5000), "none");
	perfmap__free(&m);
	CHECK_EQ(perfmap__parse(&m, "", 0), 0);
	perfmap__free(&m);
}

TEST(strings_are_kept_once)
{
	struct strings t = {0};
	char name[32];
	const char *first = strings__keep(&t, "name");

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "%d", i);
		CHECK_STR(strings__keep(&t, name), name);
	}
	CHECK(strings__keep(&t, "name") == first);
	CHECK_EQ(t.table.count, 1001);
	CHECK(!strings__keep(&t, NULL));
	strings__free(&t);
}

/* ---- this very process ------------------------------------------------------ */

/* Not static, so that a local alias does not win; volatile work so that nothing is merged or inlined. */
volatile int test_variable = 7;
volatile int test_zeroed[300];
int test_function(int n);
__attribute__((noinline)) int test_function(int n)
{
	return test_variable + n;
}

struct fixture {
	struct process *process;
	struct symbolizer *symbolizer;
};

static struct fixture open_self(void)
{
	struct fixture f = {0};

	if (process__open(getpid(), &f.process) || symbolizer__new(f.process, &f.symbolizer))
		exit(2);
	return f;
}

static void close_self(struct fixture *f)
{
	symbolizer__free(f->symbolizer);
	process__close(f->process);
}

TEST(functions_of_this_process)
{
	struct fixture f = open_self();
	uint64_t start = (uintptr_t)test_function;
	struct frame s;

	symbolizer__code(f.symbolizer, start, false, &s);
	CHECK_STR(s.function, "test_function");
	CHECK_EQ(s.offset, 0);
	CHECK_STR(s.module, process__exe(f.process));
	CHECK(!s.inlined);
	if (s.file) { /* built with -g */
		CHECK_STR(strrchr(s.file, '/') ? strrchr(s.file, '/') + 1 : s.file, "test_symbols.c");
		CHECK(s.line > 100);
	}
	symbolizer__code(f.symbolizer, start + 3, true, &s);
	CHECK_STR(s.function, "test_function");
	CHECK_EQ(s.offset, 3);
	/* A call at a function's very end returns to the first byte of the next one. */
	symbolizer__code(f.symbolizer, start, true, &s);
	CHECK(!s.function || strcmp(s.function, "test_function") != 0);
	symbolizer__code(f.symbolizer, 42, false, &s);
	CHECK(!s.function && !s.module && !s.file);
	CHECK_EQ(s.offset, 42);
	close_self(&f);
}

TEST(functions_of_libraries)
{
	struct fixture f = open_self();
	struct frame s;

	symbolizer__code(f.symbolizer, (uintptr_t)dlsym(RTLD_DEFAULT, "getppid"), false, &s);
	CHECK(s.function && strstr(s.function, "getppid"));
	CHECK(s.module && strstr(s.module, "libc"));
	close_self(&f);
}

TEST(variables_of_this_process)
{
	struct fixture f = open_self();
	struct frame s;

	CHECK_EQ(symbolizer__data(f.symbolizer, (uintptr_t)&test_variable, &s), 0);
	CHECK_STR(s.function, "test_variable");
	CHECK_EQ(s.offset, 0);
	CHECK_EQ(symbolizer__data(f.symbolizer, (uintptr_t)&test_zeroed[299], &s), 0);
	CHECK_STR(s.function, "test_zeroed");
	CHECK_EQ(s.offset, 299 * sizeof(int));
	CHECK_EQ(symbolizer__data(f.symbolizer, (uintptr_t)&s, &s), 0);
	CHECK(!s.function && !s.module);
	close_self(&f);
}

TEST(the_vdso_has_names)
{
	struct fixture f = open_self();
	uint64_t start = getauxval(AT_SYSINFO_EHDR), vaddr;
	struct module *m = start ? symbolizer__module(f.symbolizer, start + 64, &vaddr) : NULL;
	bool named = false;
	struct frame s;

	for (uint64_t a = 0; m && a < 8192 && !named; a += 16) {
		symbolizer__code(f.symbolizer, start + a, false, &s);
		named = s.function && strstr(s.function, "gettime") && strcmp(s.module, "[vdso]") == 0;
	}
	CHECK(!start || named);
	close_self(&f);
}

TEST(refresh_sees_new_code)
{
	struct fixture f = open_self();
	struct frame s;
	char path[64];
	uint8_t *code;

	CHECK_EQ(symbolizer__refresh(f.symbolizer), 0);
	code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK_EQ(symbolizer__refresh(f.symbolizer), 1);
	CHECK_EQ(symbolizer__refresh(f.symbolizer), 0);
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	FILE *map = fopen(path, "w");
	fprintf(map, "%lx 100 compiled at run time\n", (unsigned long)(uintptr_t)code);
	fclose(map);
	symbolizer__code(f.symbolizer, (uintptr_t)code + 16, false, &s);
	CHECK_STR(s.function, "compiled at run time");
	CHECK_EQ(s.offset, 16);
	CHECK(!s.module);
	unlink(path);
	munmap(code, 4096);
	CHECK_EQ(symbolizer__refresh(f.symbolizer), 1);
	close_self(&f);
}

TEST(perfmaps_of_others_are_not_trusted)
{
	struct fixture f = open_self();
	struct perfmap m = {0};
	char path[64];

	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	int fd = open(path, O_CREAT | O_RDWR, 0644);
	CHECK_EQ(write(fd, "1000 10 x\n", 10), 10);
	CHECK_EQ(perfmap__refresh(&m, f.process), 1);
	CHECK_EQ(perfmap__refresh(&m, f.process), 0);
	perfmap__free(&m);
	if (fchown(fd, 12345, (gid_t)-1) == 0)
		CHECK_EQ(perfmap__refresh(&m, f.process), 0);
	close(fd);
	unlink(path);
	CHECK_EQ(mkfifo(path, 0644), 0);
	CHECK_EQ(perfmap__refresh(&m, f.process), 0);
	unlink(path);
	perfmap__free(&m);
	close_self(&f);
}

TEST(kernel_addresses)
{
	struct kernel_symbols *k = NULL;
	struct frame s;

	CHECK_EQ(kernel_symbols__new(&k), 0);
	CHECK_EQ(kernel_symbols__lookup(k, 0, &s), 0);
	CHECK(!s.function);
	FILE *f = fopen("/proc/kallsyms", "r");
	unsigned long long address = 0;
	char name[200] = "", line[600];
	while (f && fgets(line, sizeof(line), f) && strcmp(name, "schedule") != 0)
		if (sscanf(line, "%llx %*c %199s", &address, name) != 2)
			break;
	if (f)
		fclose(f);
	if (address && strcmp(name, "schedule") == 0) {
		CHECK_EQ(kernel_symbols__lookup(k, address + 5, &s), 0);
		CHECK_STR(s.function, "schedule");
		CHECK_EQ(s.offset, 5);
	}
	kernel_symbols__free(k);
	kernel_symbols__free(NULL);
}

TEST_MAIN
