/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What calls are on, by their arguments: paths and addresses in memory that may hold anything. */
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "collect/files/call_addresses.h"
#include "collect/files/call_files.h"
#include "collect/files/resolver_waits.h"
#include "samples.h"
#include "target/socket_addresses.h"
#include "waits/resolver.h"

#define PAGE 4096

/* Two pages; nothing is behind them. */
static char *two_pages(void)
{
	char *at = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(at != MAP_FAILED);
	CHECK_EQ(munmap(at + 2 * PAGE, PAGE), 0);
	memset(at, 'x', 2 * PAGE);
	return at;
}

static char *own_text(const char *at)
{
	struct process *p = NULL;
	char *text;

	CHECK_EQ(process__open(getpid(), &p), 0);
	text = call_file__text(p, (uint64_t)(uintptr_t)at);
	process__close(p);
	return text;
}

static void check_text(const char *at, const char *expected)
{
	char *text = own_text(at);

	CHECK_STR(text ? text : "(none)", expected);
	free(text);
}

TEST(texts_in_hostile_memory)
{
	char *at = two_pages(), *end = at + 2 * PAGE;

	check_text(NULL, "(none)");
	check_text((const char *)16, "(none)");
	check_text((const char *)-1, "(none)");
	check_text((const char *)0x8000000000000000, "(none)");
	check_text(at, "(none)");       /* 8 KiB without an end */
	check_text(end - 20, "(none)"); /* nor before what is not there */
	end[-1] = '\0';
	check_text(end - 4, "xxx");
	check_text(end - 1, "");
	check_text(end, "(none)");
	memcpy(at + PAGE - 3, "/a\n\033[2J\001\xff\xfe", 11); /* as it is, over the end of a page */
	check_text(at + PAGE - 3, "/a\n\033[2J\001\xff\xfe");
	munmap(at, 2 * PAGE);
}

TEST(the_longest_path)
{
	char *at = two_pages(), *text;

	at[PAGE] = '\0'; /* a byte more than the kernel takes */
	check_text(at, "(none)");
	at[PAGE - 1] = '\0';
	text = own_text(at);
	CHECK_EQ(text ? strlen(text) : 0, PAGE - 1);
	free(text);
	munmap(at, 2 * PAGE);
}

/* ---- calls ------------------------------------------------------------------------ */

static void check_path(long call, const uint64_t *args, const char *expected)
{
	struct sample_thread t = {.syscall = call};
	struct process *p = NULL;
	char *path;

	memcpy(t.args, args, 4 * sizeof(*args));
	CHECK_EQ(process__open(getpid(), &p), 0);
	path = call_file__path(p, &t);
	CHECK_STR(path ? path : "(none)", expected);
	free(path);
	process__close(p);
}

#define AT(x) (uint64_t)(uintptr_t)(x)

TEST(paths_of_calls)
{
	int root = open("/", O_PATH | O_DIRECTORY), usr = open("/usr", O_PATH | O_DIRECTORY);
	char here[PAGE], below[PAGE + 8];

	CHECK(getcwd(here, sizeof(here)) != NULL);
	snprintf(below, sizeof(below), "%s/a b", here);
	check_path(SYS_openat, (uint64_t[]){(uint64_t)AT_FDCWD, AT("/x/y"), 0, 0}, "/x/y");
	check_path(SYS_openat, (uint64_t[]){(uint32_t)AT_FDCWD, AT("a b"), 0, 0}, below);
	check_path(SYS_newfstatat, (uint64_t[]){(uint64_t)usr, AT("lib/../.."), 0, 0}, "/usr/lib/../..");
	check_path(SYS_newfstatat, (uint64_t[]){(uint64_t)usr, AT(""), 0, AT_EMPTY_PATH}, "/usr");
	check_path(SYS_statx, (uint64_t[]){9999, AT("x"), 0, 0}, "(none)");
	check_path(SYS_renameat2, (uint64_t[]){(uint64_t)usr, AT("old"), 0, AT("new")}, "/usr/old");
	check_path(SYS_unlinkat, (uint64_t[]){(uint64_t)AT_FDCWD, 1, 0, 0}, "(none)");
	check_path(SYS_statfs, (uint64_t[]){AT("/mnt"), 0, 0, 0}, "/mnt");
	check_path(SYS_truncate, (uint64_t[]){AT("/mnt"), 0, 0, 0}, "/mnt");
	check_path(SYS_getdents64, (uint64_t[]){(uint64_t)usr, 0, 0, 0}, "/usr");
	check_path(SYS_getdents64, (uint64_t[]){9999, 0, 0, 0}, "(none)");
	check_path(SYS_mkdirat, (uint64_t[]){(uint64_t)root, AT("x"), 0, 0}, "//x");
	check_path(SYS_getpid, (uint64_t[]){AT("/x"), AT("/x"), 0, 0}, "(none)");
	CHECK(call_file__is(SYS_openat2) && !call_file__is(-1) && !call_file__is(SYS_flock));
	close(root);
	close(usr);
}

static struct sample_thread *add_call(struct sample *s, long call, uint64_t first, uint64_t second,
				      uint64_t third)
{
	struct sample_thread *t = add_caller(s, 100 + (pid_t)s->thread_count, WAIT_OTHER, call, NULL);

	t->pid = getpid();
	t->state = 'S';
	t->blocked_ns = NS_PER_S;
	t->args[0] = first;
	t->args[1] = second;
	t->args[2] = third;
	return t;
}

TEST(who_opens_a_fifo)
{
	struct targets *targets = targets__new(false);
	char folder[] = "/tmp/ts-test-XXXXXX", fifo[64];
	uint64_t how[3] = {O_WRONLY, 0, 0}, here = (uint64_t)AT_FDCWD;
	struct sample *s = sample_at(1);

	CHECK(mkdtemp(folder) != NULL);
	snprintf(fifo, sizeof(fifo), "%s/f", folder);
	CHECK_EQ(mkfifo(fifo, 0600), 0);
	add_call(s, SYS_openat, here, AT(fifo), O_RDONLY);
	add_call(s, SYS_openat, here, AT(fifo), O_WRONLY | O_APPEND);
	add_call(s, SYS_openat, here, AT(fifo), O_RDWR);
	add_call(s, SYS_openat, here, AT(fifo), O_WRONLY | O_NONBLOCK);
	add_call(s, SYS_openat, here, AT("/etc/passwd"), O_WRONLY);
	add_call(s, SYS_openat2, here, AT(fifo), AT(how));
	add_call(s, SYS_openat2, here, AT(fifo), 16);
	add_call(s, SYS_newfstatat, here, AT(fifo), O_WRONLY);
	add_call(s, SYS_openat, here, AT(fifo), O_WRONLY)->blocked_ns = 1;
	add_call(s, SYS_openat, here, AT(fifo), O_WRONLY)->state = 'R';
	call_files__name(targets, s);
	for (size_t i = 0; i < s->thread_count; i++)
		CHECK_EQ(s->threads[i].fifo,
			 ((enum fifo_open[]){FIFO_FOR_READING, FIFO_FOR_WRITING, FIFO_NOT, FIFO_NOT, FIFO_NOT,
					     FIFO_FOR_WRITING, FIFO_NOT, FIFO_NOT, FIFO_NOT, FIFO_NOT})[i]);
	CHECK_STR(s->threads[7].path, fifo);
	CHECK(!s->threads[9].path);
	unlink(fifo);
	rmdir(folder);
	sample__free(s);
	targets__free(targets);
}

/* ---- addresses -------------------------------------------------------------------- */

static void check_address(const void *address, uint64_t bytes, const char *expected)
{
	char text[ADDRESS_TEXT] = "(none)";
	struct process *p = NULL;

	CHECK_EQ(process__open(getpid(), &p), 0);
	CHECK_EQ(process__socket_address(p, AT(address), bytes, text), *expected != '(');
	CHECK_STR(text, expected);
	process__close(p);
}

TEST(addresses_in_hostile_memory)
{
	const struct sockaddr_in in4 = {
		.sin_family = AF_INET, .sin_port = htons(514), .sin_addr = {htonl(0x0a000001)}};
	const struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6, .sin6_port = htons(53), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	char room[256] = {0}, *at = two_pages(), full[120];
	const size_t path = offsetof(struct sockaddr_un, sun_path);

	check_address(&in4, sizeof(in4), "10.0.0.1:514");
	check_address(&in4, sizeof(in4) - 1, "(none)");
	check_address(&in6, sizeof(in6), "[::1]:53");
	check_address(&in6, sizeof(in6) - 1, "(none)");
	check_address(&un, sizeof(un), "/dev/log");
	check_address(&un, path + 4, "/dev");
	check_address(&un, path, "(none)");
	check_address(&un, 0, "(none)");
	memcpy(room, &un, path);
	check_address(room, path + 1, "@");
	memcpy(room + path + 1, "name", 4);
	check_address(room, path + 5, "@name");
	memset(room + path, 'y', sizeof(room) - path);
	memset(full, 'y', sizeof(un.sun_path));
	full[sizeof(un.sun_path)] = '\0';
	check_address(room, UINT64_MAX, full); /* no longer than an address may be */
	room[0] = 99;
	check_address(room, 128, "(none)");
	check_address(NULL, 16, "(none)");
	check_address((const void *)16, 16, "(none)");
	check_address(at + 2 * PAGE - 8, 16, "(none)");
	munmap(at, 2 * PAGE);
}

TEST(addresses_of_calls)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	uint64_t message[2] = {AT(&un), 0xffffffff00000000 | sizeof(un)}, nobody[2] = {0, 0};
	struct targets *targets = targets__new(false);
	struct sample *s = sample_at(1);

	add_call(s, SYS_connect, 3, AT(&un), sizeof(un));
	add_call(s, SYS_connect, 3, AT(&un), sizeof(un))->path = "10.0.0.1:80"; /* the kernel's word */
	add_call(s, SYS_sendmsg, 3, AT(message), 0)->path = "socket at @x";
	add_call(s, SYS_sendmsg, 3, AT(nobody), 0)->path = "socket at @x";
	add_call(s, SYS_sendmsg, 3, 16, 0);
	add_call(s, SYS_sendto, 3, 0, 0)->args[4] = AT(&un);
	s->threads[5].args[5] = sizeof(un);
	call_addresses__name(targets, s);
	for (size_t i = 0; i < s->thread_count; i++)
		CHECK_STR(s->threads[i].path ? s->threads[i].path : "(none)",
			  ((const char *[]){"/dev/log", "10.0.0.1:80", "/dev/log", "socket at @x", "(none)",
					    "/dev/log"})[i]);
	sample__free(s);
	targets__free(targets);
}

/* ---- resolvers -------------------------------------------------------------------- */

static struct sample_thread *add_poll(struct sample *s, uint64_t list, uint64_t count)
{
	struct sample_thread *t = add_call(s, SYS_ppoll, list, count, 0);

	t->kind = WAIT_POLL;
	return t;
}

TEST(polls_of_sockets)
{
	struct frame frame = {.function = "getaddrinfo"};
	const struct call_stack resolver = {.frames = &frame, .count = 1};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct pollfd list[3] = {{.fd = fd}, {.fd = -1}, {.fd = fd}}, bad[2] = {{.fd = -1}, {.fd = 9999}};
	struct targets *targets = targets__new(false);
	struct sample *s = sample_at(1);
	static const bool PATH[] = {true, false, true, false, false, false, false, false, false};

	add_poll(s, AT(list), 1);
	add_poll(s, AT(list), 3); /* of several only in a resolver */
	add_poll(s, AT(list), 3)->stack = resolver;
	add_poll(s, AT(list), UINT64_MAX)->stack = resolver;
	add_poll(s, AT(bad), 2)->stack = resolver;
	add_poll(s, 16, 1)->stack = resolver;
	add_poll(s, AT(list), 0)->stack = resolver;
	add_poll(s, AT(list), 1)->blocked_ns = 1;
	add_poll(s, AT(list), 1)->blocked = false;
	resolver_waits__find(targets, s);
	for (size_t i = 0; i < s->thread_count; i++) {
		CHECK_EQ(s->threads[i].path != NULL, PATH[i]);
		CHECK_EQ(s->threads[i].resolves, i == 2);
	}
	resolver_waits__name(targets, s);
	CHECK(!s->threads[0].path && s->threads[2].path);
	sample__free(s);
	targets__free(targets);
	close(fd);
}

static void check_servers(const char *text, const char *expected)
{
	char servers[RESOLVER_TEXT];

	CHECK_STR(resolver__servers(text, servers), expected);
}

TEST(servers_of_a_configuration)
{
	char many[4096] = "", long_one[400] = "nameserver ";

	check_servers("", "");
	check_servers("# nameserver 10.0.0.1\nsearch nameserver\n", "");
	check_servers("nameserver 10.0.0.1", "10.0.0.1:53");
	check_servers(
		"nameserver\t 10.0.0.1 \nnameserver ::1\nnameserver fe80::1%eth0\nnameserver 10.0.0.4\n",
		"10.0.0.1:53, [::1]:53, [fe80::1%eth0]:53");
	check_servers("nameserver\nnameserver \nnameservers 10.0.0.1\nnameserver 10.0.0.1\033[2J\n", "");
	check_servers("\n\nnameserver 1.2.3.4\r\n", "1.2.3.4:53");
	memset(long_one + 11, '1', sizeof(long_one) - 12);
	check_servers(long_one, "");
	for (int i = 0; i < 100; i++)
		strcat(many, "nameserver 1111:1111:1111:1111:1111\n");
	check_servers(many, "[1111:1111:1111:1111:1111]:53, [1111:1111:1111:1111:1111]:53, "
			    "[1111:1111:1111:1111:1111]:53");
}

TEST(functions_that_resolve)
{
	static const char *const YES[] = {"getaddrinfo", "__res_context_search", "gethostbyname2_r",
					  "_nss_dns_gethostbyname4_r", "__res_nsend"};
	static const char *const NO[] = {"getaddrinfo_like", "resolve", "poll", "", "net_res_send", "_"};
	struct frame frames[2] = {{.function = "poll"}, {.function = NULL}};
	const struct call_stack stack = {.frames = frames, .count = 2};

	CHECK(!resolver__on_stack(&stack));
	for (size_t i = 0; i < sizeof(YES) / sizeof(YES[0]); i++) {
		frames[1].function = YES[i];
		CHECK(resolver__on_stack(&stack));
	}
	for (size_t i = 0; i < sizeof(NO) / sizeof(NO[0]); i++) {
		frames[1].function = NO[i];
		CHECK(!resolver__on_stack(&stack));
	}
}

TEST_MAIN
