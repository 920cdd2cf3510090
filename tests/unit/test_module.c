/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF files: shared, cut short, with stubs, with their symbols elsewhere. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/cfi_check.h"
#include "symbols/debug_file.h"
#include "symbols/parsed.h"
#include "symbols/symbols.h"
#include "test.h"

TEST(modules_are_shared)
{
	struct parsed *a = NULL, *b = NULL, *c = NULL;

	CHECK_EQ(parsed__open_fd(open("/proc/self/exe", O_RDONLY), &a), 0);
	CHECK_EQ(parsed__open_fd(open("/proc/self/exe", O_RDONLY), &b), 0);
	CHECK_EQ(parsed__open_fd(open("/bin/true", O_RDONLY), &c), 0);
	CHECK(a == b && a != c);
	parsed__put(a);
	CHECK(parsed__is_native(b));
	parsed__put(b);
	parsed__put(c);
	parsed__put(NULL);
	CHECK(parsed__open_fd(open("/proc/self/maps", O_RDONLY), &a) < 0);
	CHECK(parsed__open_fd(open("/dev/null", O_RDONLY), &a) < 0);
	CHECK(parsed__open_memory("", 0, &a) < 0);
	CHECK(parsed__open_memory("\177ELF", 4, &a) < 0);
}

/* Not static, so that a local alias does not win; volatile work so that nothing is merged or inlined. */
volatile int test_variable = 7;
int test_function(int n);
__attribute__((noinline)) int test_function(int n)
{
	return test_variable + n;
}

TEST(stubs_have_names)
{
	struct symtab t = {0};
	struct elf_file f;
	bool named = false;

	CHECK_EQ(elf_file__open_fd(open("/proc/self/exe", O_RDONLY), &f), 0);
	symtab__add_plt(&t, &f);
	symtab__finish(&t);
	for (size_t i = 0; i < t.count; i++)
		named |= strcmp(t.list[i].name, "fflush@plt") == 0 ||
			 strcmp(t.list[i].name, "strcmp@plt") == 0;
	CHECK(named || !t.count); /* none with -fno-plt */
	symtab__free(&t);
	elf_file__close(&f);
}

/* The name that path gives for vaddr, found by way of whatever lies beside it. */
static const char *name_in(const struct process *p, const char *path, uint64_t vaddr)
{
	static char name[256];
	struct module_place place = {.process = p, .path = path};
	const struct elf_symbol *s;
	struct parsed *m;

	if (parsed__open_fd(open(path, O_RDONLY), &m) != 0)
		return "not opened";
	s = parsed__function(m, &place, vaddr);
	snprintf(name, sizeof(name), "%s", s ? s->name : "none");
	parsed__put(m);
	return name;
}

static bool run(const char *format, const char *dir)
{
	char command[1024];

	snprintf(command, sizeof(command), "cd %s && (%s) >/dev/null 2>&1", dir, format);
	return system(command) == 0;
}

TEST(separate_debug_files_are_found)
{
	char dir[] = "/tmp/ts-test-XXXXXX", path[64], self[64];
	struct symbolizer *symbolizer;
	struct process *process;
	uint64_t vaddr = 0;

	CHECK_EQ(process__open(getpid(), &process), 0);
	CHECK_EQ(symbolizer__new(process, &symbolizer), 0);
	symbolizer__module(symbolizer, (uintptr_t)test_function, &vaddr);
	CHECK(vaddr != 0 && mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/x", dir);
	snprintf(self, sizeof(self), "cp /proc/%d/exe x", getpid());
	bool tools = run(self, dir) && run("objcopy --version && xz --version", dir);
	if (tools && run("objcopy --only-keep-debug x x.debug && strip -R .note.gnu.build-id x", dir)) {
		CHECK_STR(name_in(process, path, vaddr), "none");
		CHECK(run("objcopy --add-gnu-debuglink=x.debug x", dir));
		CHECK_STR(name_in(process, path, vaddr), "test_function");
		CHECK(run("echo >>x.debug", dir)); /* the checksum is another */
		CHECK_STR(name_in(process, path, vaddr), "none");
		CHECK(run("objcopy -R .gnu_debuglink x && objcopy -S --keep-symbol=test_function x.debug "
			  "mini && "
			  "xz mini && objcopy --add-section .gnu_debugdata=mini.xz x",
			  dir));
		CHECK_STR(name_in(process, path, vaddr), "test_function");
	} else {
		printf("# no objcopy or xz: skipped\n");
	}
	run("rm -f x x.debug mini mini.xz", dir);
	rmdir(dir);
	symbolizer__free(symbolizer);
	process__close(process);
}

TEST(a_file_cut_short_does_no_harm)
{
	char path[] = "/tmp/ts-test-XXXXXX";
	struct module_place place = {.path = path};
	int fd = mkstemp(path);
	struct parsed *m = NULL;
	static uint8_t image[65536];
	int from = open("/proc/self/exe", O_RDONLY);

	for (off_t at_ = 0, n; (n = pread(from, image, sizeof(image), at_)) > 0; at_ += n)
		CHECK_EQ(pwrite(fd, image, (size_t)n, at_), n);
	close(from);
	CHECK_EQ(parsed__open_fd(open(path, O_RDONLY), &m), 0);
	CHECK_EQ(ftruncate(fd, 4096), 0);
	CHECK(!parsed__function(m, &place, 0x2000));
	CHECK(!parsed__eh_frame(m, &(struct module_place){0}));
	CHECK(!parsed__lines(m, &place));
	parsed__put(m);
	close(fd);
	unlink(path);
}

/* One entry that wants room for 2^26 registers, after a common one that is right. */
TEST(greedy_frame_information_is_refused)
{
	static const uint8_t cie[] = {0x14, 0,    0,  0, 0,    0,    0, 0, 1,    'z', 'R', 0,
				      1,    0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1,   0,   0};
	static const uint8_t good[] = {0x10, 0, 0, 0, 0x1c, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
	static const uint8_t greedy[] = {0x14, 0, 0, 0, 0x30, 0,    0,    0,    9,    0,    0, 0,
					 1,    0, 0, 0, 0,    0x05, 0x80, 0x80, 0x80, 0x20, 1, 0};
	struct elf_file f;
	Elf_Data data = {.d_type = ELF_T_BYTE};
	uint8_t bytes[sizeof(cie) + sizeof(good) + sizeof(greedy)];

	CHECK_EQ(elf_file__open_fd(open("/proc/self/exe", O_RDONLY), &f), 0);
	CHECK(cfi_check__eh_frame(&f));
	memcpy(bytes, cie, sizeof(cie));
	memcpy(bytes + sizeof(cie), good, sizeof(good));
	memcpy(bytes + sizeof(cie) + sizeof(good), greedy, sizeof(greedy));
	data.d_buf = bytes;
	data.d_size = sizeof(cie) + sizeof(good);
	CHECK(cfi_check__bytes(&f, &data, true));
	data.d_size = sizeof(bytes);
	CHECK(!cfi_check__bytes(&f, &data, true));
	elf_file__close(&f);
}

TEST_MAIN
