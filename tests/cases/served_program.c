// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * served_program MODE [PROGRAM ARGUMENT...]: a program, this one or PROGRAM, that lies on a file system in
 * user space (FUSE). PROGRAM prints a line when it is up. Once it runs, the server
 *
 *   silent   answers reads of the first and the last page alone
 *   lookup   answers everything but look-ups of other names, such as that of a debug file
 *   slow     takes 100 ms for each read
 *
 * Perfect: every command ends within 3 s and shows the thread. What cannot be read in time has no name, and
 * "lost" counts it. When the program is slow alone, it has its names.
 */
#include "case.h"

#include <linux/fuse.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define PAGE      4096
#define ROOT      1
#define FILE_NODE 2

static char mode;
static volatile sig_atomic_t armed;
static char *image;
static uint64_t image_bytes;

struct answer {
	struct fuse_out_header head;
	union {
		struct fuse_init_out init;
		struct fuse_entry_out entry;
		struct fuse_attr_out attr;
		struct fuse_open_out open;
		char bytes[1 << 17];
	};
};

static void arm(int signal)
{
	(void)signal;
	armed = 1;
}

static struct fuse_attr attributes(uint64_t node)
{
	return (struct fuse_attr){.ino = node,
				  .mode = node == ROOT ? S_IFDIR | 0755 : S_IFREG | 0755,
				  .nlink = 1,
				  .size = node == ROOT ? 0 : image_bytes,
				  .blksize = PAGE};
}

static bool last_or_first(uint64_t offset)
{
	return !offset || offset >= ((image_bytes - 1) & ~(uint64_t)(PAGE - 1));
}

/* The bytes of the answer behind its head; negative: an error; -1: no answer. */
static long serve_read(struct answer *out, const struct fuse_read_in *r)
{
	uint64_t left = r->offset < image_bytes ? image_bytes - r->offset : 0;

	if (armed && mode == 's' && !last_or_first(r->offset))
		return -1;
	if (armed && mode == 't')
		sleep_ns(100000000);
	if (left > r->size)
		left = r->size;
	memcpy(out->bytes, image + r->offset, left);
	return (long)left;
}

static long serve_lookup(struct answer *out, const char *name)
{
	if (strcmp(name, "program"))
		return armed && mode == 'l' ? -1 : -ENOENT;
	out->entry = (struct fuse_entry_out){
		.nodeid = FILE_NODE, .entry_valid = 3600, .attr_valid = 3600, .attr = attributes(FILE_NODE)};
	return sizeof(out->entry);
}

static long serve(struct answer *out, const struct fuse_in_header *in)
{
	const void *arg = in + 1;

	switch (in->opcode) {
	case FUSE_INIT:
		out->init = (struct fuse_init_out){.major = 7, .minor = 31, .max_write = PAGE};
		return sizeof(out->init);
	case FUSE_LOOKUP:
		return serve_lookup(out, arg);
	case FUSE_GETATTR:
		out->attr = (struct fuse_attr_out){.attr_valid = 3600, .attr = attributes(in->nodeid)};
		return sizeof(out->attr);
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		out->open = (struct fuse_open_out){.fh = 1};
		return sizeof(out->open);
	case FUSE_READ:
		return serve_read(out, arg);
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return -1;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		return 0;
	}
	return -ENOSYS;
}

static void run_server(int fd)
{
	static char in[1 << 18];
	static struct answer out;
	ssize_t n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGUSR1, arm);
	while ((n = read(fd, in, sizeof(in))) > 0 || errno == EINTR || errno == ENOENT) {
		const struct fuse_in_header *h = (const void *)in;
		long len;

		if (n <= 0)
			continue;
		memset(&out, 0, sizeof(out.head) + 256);
		len = serve(&out, h);
		if (len == -1)
			continue;
		out.head.error = len < 0 ? (int)len : 0;
		out.head.unique = h->unique;
		out.head.len = (uint32_t)(sizeof(out.head) + (len > 0 ? (size_t)len : 0));
		if (write(fd, &out, out.head.len) < 0 && errno != ENOENT)
			break;
	}
	_exit(0);
}

static pid_t mount_own(const char *dir)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[100];
	pid_t server;

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
	if (fd < 0 || unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("served", dir, "fuse", MS_NODEV, options))
		die("mount");
	server = fork();
	if (!server)
		run_server(fd);
	close(fd);
	return server;
}

/* The same program, by its other name. */
static void be_served(void)
{
	tell("up");
	for (;;)
		pause();
}

static pid_t start_served(char **words)
{
	char line[16];
	int ends[2];
	pid_t child;

	if (pipe(ends))
		die("pipe");
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], STDOUT_FILENO);
		execv("mount/program", words);
		die("exec");
	}
	close(ends[1]);
	if (read(ends[0], line, sizeof(line)) <= 0)
		die("no answer");
	wait_until_still(child);
	return child;
}

static void load_image(const char *program)
{
	/* Without symbols, whoever wants names looks up the debug file. */
	static const char strip[] = "cp /proc/$PPID/exe stripped && strip stripped && echo >waits.debug && "
				    "objcopy --add-gnu-debuglink=waits.debug stripped";
	bool bare = mode == 'l';
	int fd = bare && system(strip) ? -1 : open(bare ? "stripped" : program, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		die("exe");
	image_bytes = (uint64_t)st.st_size;
	image = mmap(NULL, image_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		die("mmap");
	close(fd);
}

int main(int argc, char **argv)
{
	static char *itself[] = {"program", NULL};
	pid_t server, child;

	if (!strcmp(argv[0], "program"))
		be_served();
	if (argc < 2)
		return 2;
	mode = !strcmp(argv[1], "slow") ? 't' : argv[1][0];
	load_image(argc > 2 ? argv[2] : "/proc/self/exe");
	mkdir("mount", 0755);
	server = mount_own("mount");
	child = start_served(argc > 2 ? argv + 2 : itself);
	kill(server, SIGUSR1);
	sleep_ns(50000000);
	tell("ready pid=%d", (int)child);
	for (;;)
		pause();
}
