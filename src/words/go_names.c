// SPDX-License-Identifier: GPL-2.0-or-later
#include "words/go_names.h"

#include <string.h>

#include "util/text.h"

/* Of a source file of Go or of its assembler; without lines, by a name without a suffix of C's clones. */
static bool may_be_go(const struct frame *f)
{
	static const char *const clones[] = {".constprop", ".isra", ".part", ".cold", ".lto_priv", ".llvm"};
	const char *dot = f->file ? strrchr(f->file, '.') : NULL;

	if (f->file)
		return dot && (!strcmp(dot, ".go") || !strcmp(dot, ".s"));
	dot = f->function ? strchr(f->function, '.') : NULL;
	for (size_t i = 0; dot && i < sizeof(clones) / sizeof(clones[0]); i++)
		if (starts_with(dot, clones[i]))
			return false;
	return dot != NULL;
}

/* The first element of a package's path, as far as a slash or the function's name. */
static bool in_package(const char *function, const char *first)
{
	size_t length = strlen(first);

	return starts_with(function, first) && (function[length] == '.' || function[length] == '/');
}

bool frame__of_go_library(const struct frame *f)
{
	/* The folders of go/src, Go 1.17 to 1.27. */
	static const char *const packages[] = {
		"archive",  "bufio",   "bytes",   "cmp",      "compress", "container", "context", "crypto",
		"database", "debug",   "embed",   "encoding", "errors",   "expvar",    "flag",    "fmt",
		"go",       "hash",    "html",    "image",    "index",    "internal",  "io",      "iter",
		"log",      "maps",    "math",    "mime",     "net",      "os",        "path",    "plugin",
		"reflect",  "regexp",  "runtime", "slices",   "sort",     "strconv",   "strings", "structs",
		"sync",     "syscall", "testing", "text",     "time",     "unicode",   "unique",  "unsafe",
		"vendor",   "weak"};

	if (!f->function || !may_be_go(f))
		return false;
	/* Go's own as well, only kept apart: system calls above all. */
	if (starts_with(f->function, "golang.org/x/"))
		return true;
	for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++)
		if (in_package(f->function, packages[i]))
			return true;
	return false;
}

bool frame__of_go_runtime(const struct frame *f)
{
	return f->function && may_be_go(f) &&
	       (in_package(f->function, "runtime") || starts_with(f->function, "internal/runtime/"));
}

size_t call_stack__of_go_program(const struct call_stack *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->frames[i].function && may_be_go(&s->frames[i]) && !frame__of_go_library(&s->frames[i]))
			return i;
	return NO_FRAME;
}

bool go_name__writes(const char *function)
{
	static const char *const names[] = {"os.(*File).Write",
					    "os.(*File).WriteString",
					    "os.(*File).WriteAt",
					    "os.(*File).ReadFrom",
					    "os.(*File).Sync",
					    "syscall.Write",
					    "syscall.Pwrite",
					    "syscall.Fsync",
					    "syscall.Fdatasync",
					    "syscall.Sendto",
					    "net.(*conn).Write",
					    "net.(*Buffers).WriteTo",
					    "net.(*TCPConn).Write",
					    "net.(*UnixConn).Write",
					    "net.(*UDPConn).Write",
					    "internal/poll.(*FD).Write",
					    "internal/poll.(*FD).Pwrite",
					    "internal/poll.(*FD).Fsync",
					    "internal/poll.(*FD).Writev",
					    "crypto/tls.(*Conn).Write",
					    "bufio.(*Writer).Flush",
					    "golang.org/x/sys/unix.Write",
					    "golang.org/x/sys/unix.Pwrite",
					    "golang.org/x/sys/unix.Writev",
					    "golang.org/x/sys/unix.Fsync",
					    "golang.org/x/sys/unix.Fdatasync",
					    "golang.org/x/sys/unix.SyncFileRange"};

	for (size_t i = 0; function && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(function, names[i]))
			return true;
	return false;
}
