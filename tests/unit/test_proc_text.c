/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel prints under /proc, and cgroup files, as texts. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collect/files/mapped_files.h"
#include "collect/files/socket_text.h"
#include "target/limits.h"
#include "target/mappings.h"
#include "target/origin.h"
#include "target/process_private.h"
#include "test.h"

TEST(stat_with_parentheses_in_the_name)
{
	struct proc_stat st;

	CHECK_EQ(proc_stat__parse("7 (a) b (c)) S 1 2 3 4 5 2097216 7 8 9 10 11 12 13 14 15 16 17 0 4711 1 2",
				  &st),
		 0);
	CHECK_STR(st.comm, "a) b (c)");
	CHECK_EQ(st.state, 'S');
	CHECK_EQ(st.flags, 2097216);
	CHECK_EQ(st.threads, 17);
	CHECK_EQ(st.start_ticks, 4711);
	CHECK_EQ(proc_stat__parse("7 (a", &st), -EINVAL);
	CHECK_EQ(proc_stat__parse("7 (a) S", &st), -EINVAL);
	CHECK_EQ(proc_stat__parse("", &st), -EINVAL);
}

TEST(numbers_of_status)
{
	const char *text = "Name:\tUid:\nUid:\t1000\t0\nThreads:\t12\nCapEff:\t000001ffffffffff\n";
	uint64_t n = 0;

	CHECK(status__number(text, "Uid", 10, &n));
	CHECK_EQ(n, 1000);
	CHECK(status__number(text, "Threads", 10, &n));
	CHECK_EQ(n, 12);
	CHECK(status__number(text, "CapEff", 16, &n));
	CHECK_EQ(n, 0x1ffffffffff);
	CHECK(!status__number(text, "Thread", 10, &n));
	CHECK(!status__number("", "Uid", 10, &n));
}

TEST(one_mapping)
{
	char plain[] = "7f00-7f80 r-xp 00001000 fd:02 4711                       /usr/lib/a b.so";
	char gone[] = "1000-2000 rw-s 00000000 00:01 9 /memfd:x (deleted)";
	char lines[] = "1000-2000 r--p 00000000 00:01 9 /a\\012b";
	char stack[] = "7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]";
	char none[] = "1000-2000 rw-p 00000000 00:00 0 ";
	static const char *const bad[] = {"",
					  "2000-1000 rw-p 00000000 00:00 0 ",
					  "1000-2000 rw-p 00000000 00:00",
					  "1000-2000 rw-p 00000000 0000 0 ",
					  "1000-2000 rw",
					  "1000-2000 rw-p",
					  "1000-2000 rw-px 00000000 00:00 0 ",
					  "1000-2000  0 00:00 0 ",
					  "-2000 rw-p 00000000 00:00 0 ",
					  "1000-2000 rw-p 00000000 00:00 a ",
					  "0000000000000000000000001-2000 rw-p 00000000 00:00 0 "};
	struct mapping m;

	CHECK(mapping__parse(plain, &m));
	CHECK_EQ(m.start, 0x7f00);
	CHECK_EQ(m.end, 0x7f80);
	CHECK_EQ(m.offset, 0x1000);
	CHECK_EQ(m.dev_major, 0xfd);
	CHECK_EQ(m.inode, 4711);
	CHECK(m.readable && !m.writable && m.executable && !m.deleted);
	CHECK_STR(m.path, "/usr/lib/a b.so");
	CHECK(mapping__parse(gone, &m));
	CHECK_STR(m.path, "/memfd:x");
	CHECK(m.deleted && m.writable);
	CHECK(mapping__parse(lines, &m));
	CHECK_STR(m.path, "/a\nb");
	CHECK(mapping__parse(stack, &m));
	CHECK_STR(m.path, "[stack]");
	CHECK(mapping__parse(none, &m));
	CHECK_STR(m.path, "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char line[80];

		snprintf(line, sizeof(line), "%s", bad[i]);
		CHECK(!mapping__parse(line, &m));
	}
}

TEST(mapped_files_that_may_be_logs)
{
	char shared[] = "7f0000000000-7f0000002000 rw-s 00000000 08:01 17 /srv/a.journal";
	char own[] = "7f0000000000-7f0000002000 rw-p 00000000 08:01 17 /srv/a.journal";
	struct mapping m;

	CHECK(mapping__parse(shared, &m) && m.shared && m.writable);
	CHECK(mapping__parse(own, &m) && !m.shared);
	CHECK(mapped_file__wanted("/var/log/journal/0123/system.journal", false));
	CHECK(mapped_file__wanted("/var/log/devices.log", false));
	CHECK(!mapped_file__wanted("/var/log/journal/0123/system.journal", true));
	CHECK(!mapped_file__wanted("/dev/zero", true));
	CHECK(!mapped_file__wanted("/dev/shm/PostgreSQL.1", false));
	CHECK(!mapped_file__wanted("/memfd:pulseaudio", true));
	CHECK(!mapped_file__wanted("/memfd:x", false));
	CHECK(!mapped_file__wanted("/SYSV00000000", true));
	CHECK(!mapped_file__wanted("/[aio]", false));
	CHECK(!mapped_file__wanted("/tmp/hsperfdata_root/4242", false));
	CHECK(!mapped_file__wanted("/srv/app.db-shm", false));
	CHECK(!mapped_file__wanted("anon_inode:[io_uring]", false));
	CHECK(!mapped_file__wanted("", false));
}

TEST(mappings_are_found_and_sorted)
{
	struct mappings maps;
	char *text = strdup("1000-2000 r--p 0 00:00 0 \n"
			    "3000-4000 r--p 0 00:00 0 \n"
			    "3000-4000 r--p 0 00:00 0 \n"
			    "nonsense\n"
			    "4000-5000 r-xp 0 00:00 0 [x]\n");

	CHECK_EQ(mappings__parse(text, &maps), 0);
	CHECK_EQ(maps.count, 3);
	CHECK(!mappings__find(&maps, 0xfff));
	CHECK(mappings__find(&maps, 0x1000) == &maps.list[0]);
	CHECK(mappings__find(&maps, 0x1fff) == &maps.list[0]);
	CHECK(!mappings__find(&maps, 0x2000));
	CHECK(mappings__find(&maps, 0x4000) == &maps.list[2]);
	CHECK(!mappings__find(&maps, 0x5000));
	mappings__free(&maps);
	mappings__free(&maps);
}

TEST(cgroup_places)
{
	static struct cgroup_place at;
	const char *v2 = "30 1 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
	const char *v1 = "31 1 0:27 / /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
			 "32 1 0:28 / /cg/my\\040pids rw shared:7 - cgroup cgroup rw,pids\n";
	const char *hybrid = "31 1 0:28 / /cg/pids rw - cgroup cgroup rw,pids\n"
			     "32 1 0:29 / /cg/unified rw - cgroup2 cgroup2 rw\n";
	const char *part = "30 1 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n";

	CHECK_EQ(cgroup_place__find(v2, "0::/a.slice/b.service\n", &at), 0);
	CHECK_STR(at.mount, "/sys/fs/cgroup");
	CHECK_STR(at.path, "/a.slice/b.service");
	CHECK_EQ(cgroup_place__find(v1, "4:cpu,cpuacct:/no\n3:pids:/yes\n", &at), 0);
	CHECK_STR(at.mount, "/cg/my pids");
	CHECK_STR(at.path, "/yes");
	CHECK_EQ(cgroup_place__find(hybrid, "3:pids:/one\n0::/two\n", &at), 0);
	CHECK_STR(at.path, "/one");
	CHECK_EQ(cgroup_place__find(hybrid, "0::/two\n", &at), 0);
	CHECK_STR(at.mount, "/cg/unified");
	CHECK_EQ(cgroup_place__find(part, "0::/docker/abc/inner\n", &at), 0);
	CHECK_STR(at.path, "/inner");
	CHECK_EQ(cgroup_place__find(part, "0::/docker/abc\n", &at), 0);
	CHECK_STR(at.path, "/");
	CHECK_EQ(cgroup_place__find(v2, "0::/../other\n", &at), -ENOENT);
	CHECK_EQ(cgroup_place__find("", "0::/\n", &at), -ENOENT);
}

TEST(limit_numbers)
{
	const char *text = "Limit                     Soft Limit           Hard Limit           Units     \n"
			   "Max processes             4096                 unlimited            processes \n";

	CHECK_EQ(limits__max_processes(text), 4096);
	CHECK(limits__max_processes("Max processes             unlimited unlimited\n") == LIMIT_NONE);
	CHECK(limits__max_processes("") == LIMIT_NONE);
	CHECK_EQ(limits__number("17\n"), 17);
	CHECK(limits__number("max\n") == LIMIT_NONE);
}

/* ---- sockets ------------------------------------------------------------ */

/* 127.0.0.1:8080, connected to 10.0.0.2:50000 */
static const struct ts_socket tcp = {.inode = 4711,
				     .family = AF_INET,
				     .state = 1,
				     .type = SOCK_STREAM,
				     .protocol = IPPROTO_TCP,
				     .port = 8080,
				     .peer_port = 50000,
				     .address = {127, 0, 0, 1},
				     .peer_address = {10, 0, 0, 2}};

TEST(ends_of_internet_sockets)
{
	struct socket_end e = {};
	struct ts_socket s = tcp;

	CHECK(socket_end__fill(&e, &s));
	CHECK_EQ(e.inode, 4711);
	CHECK(e.peer);
	CHECK_STR(e.text, "10.0.0.2:50000");
	s.state = 7; /* no longer connected: the kernel keeps the old address */
	CHECK(socket_end__fill(&e, &s));
	CHECK(!e.peer);
	CHECK_STR(e.text, "127.0.0.1:8080");
	s = (struct ts_socket){.inode = 12,
			       .family = AF_INET6,
			       .state = 10,
			       .type = SOCK_STREAM,
			       .protocol = IPPROTO_TCP,
			       .port = 80,
			       .address = {[15] = 1}};
	CHECK(socket_end__fill(&e, &s));
	CHECK(!e.peer);
	CHECK_STR(e.text, "[::1]:80");
	/* IPv4 in IPv6 */
	s.peer_port = 54321;
	memcpy(s.peer_address, (uint8_t[]){[10] = 255, 255, 127, 0, 0, 1}, 16);
	CHECK(socket_end__fill(&e, &s));
	CHECK_STR(e.text, "127.0.0.1:54321");
}

TEST(ends_of_unix_sockets)
{
	struct ts_socket s = {.inode = 815,
			      .family = AF_UNIX,
			      .type = SOCK_STREAM,
			      .name_bytes = 12,
			      .name = "/run/a b.sock",
			      .peer_name_bytes = 12,
			      .peer_name = "/run/c d.sock"};
	struct socket_end e = {};

	s.name_bytes = s.peer_name_bytes = 14; /* with its NUL */
	CHECK(socket_end__fill(&e, &s));
	CHECK(!e.peer);
	CHECK_STR(e.text, "/run/a b.sock");
	s.name_bytes = 0;
	CHECK(socket_end__fill(&e, &s));
	CHECK(e.peer);
	CHECK_STR(e.text, "/run/c d.sock");
	memcpy(s.peer_name, "\0abc", 4);
	s.peer_name_bytes = 4;
	CHECK(socket_end__fill(&e, &s));
	CHECK_STR(e.text, "@abc");
	/* whatever follows a line break is part of the name */
	s.peer_name_bytes = 30;
	memcpy(s.peer_name, "s1\nx: 2 0 0 1 1 4711 other\0\0\0", 30);
	CHECK(socket_end__fill(&e, &s));
	CHECK_EQ(e.inode, 815);
	CHECK_STR(e.text, "s1\nx: 2 0 0 1 1 4711 other");
}

TEST(sockets_without_an_address)
{
	struct ts_socket list[] = {tcp, tcp, tcp, tcp, {.family = AF_UNIX}, {.family = AF_NETLINK}};
	struct socket_end e = {.inode = 1};

	list[0].port = list[0].peer_port = 0;
	list[1].type = SOCK_RAW; /* then the port is a protocol */
	list[2].protocol = IPPROTO_ICMP;
	list[2].type = SOCK_DGRAM; /* and here a number of the ping */
	list[3].family = AF_PACKET;
	list[4].name_bytes = 4000;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		CHECK(!socket_end__fill(&e, &list[i]));
	CHECK_EQ(e.inode, 1);
}

TEST(files_that_are_too_long)
{
	char path[] = "/tmp/ts-long-XXXXXX", *text = NULL;
	int fd = mkstemp(path);
	size_t len = 0;

	for (int i = 0; i < 10000; i++)
		CHECK_EQ(write(fd, "a", 1), 1);
	CHECK_EQ(read_whole(AT_FDCWD, path, 4096, &text, &len), -E2BIG);
	CHECK(!text && !len);
	CHECK_EQ(read_whole(AT_FDCWD, path, 65536, &text, &len), 0);
	CHECK_EQ(len, 10000);
	CHECK_EQ(text ? strlen(text) : 0, 10000);
	free(text);
	close(fd);
	unlink(path);
	CHECK_EQ(read_whole(AT_FDCWD, path, 65536, &text, &len), -ENOENT);
	CHECK_EQ(read_whole(AT_FDCWD, "/dev/zero", 65536, &text, &len), -E2BIG); /* it has no end */
}

#define JOIN(text) command__join(text, sizeof(text) - 1, command, &titled)

TEST(commands_and_titles)
{
	char command[COMMAND_BYTES], text[2 * COMMAND_BYTES];
	bool titled = true;

	CHECK(JOIN("/bin/sh\0-c\0\0sleep 1; echo\0"));
	CHECK_STR(command, "/bin/sh -c  sleep 1; echo");
	CHECK(!titled);
	CHECK(JOIN("postgres: checkpointer \0\0\0\0  \0"));
	CHECK_STR(command, "postgres: checkpointer");
	CHECK(titled);
	CHECK(JOIN("sshd"));
	CHECK_STR(command, "sshd");
	CHECK(!titled);
	CHECK(!JOIN(""));
	CHECK(!JOIN(" \0 "));
	/* What is too long is cut between two characters. */
	memset(text, 'a', sizeof(text));
	memcpy(text + COMMAND_BYTES - 5, "\xe4\xb8\xad", 3);
	CHECK(command__join(text, sizeof(text), command, &titled));
	CHECK_EQ(strlen(command), COMMAND_BYTES - 5 + 3);
	CHECK_STR(command + COMMAND_BYTES - 6, "a...");
	memset(text, 0x80, sizeof(text)); /* no character begins anywhere */
	CHECK(command__join(text, sizeof(text), command, &titled));
	CHECK_STR(command, "...");
	memset(text, 'a', sizeof(text));
	CHECK(command__join(text, COMMAND_BYTES - 1, command, &titled));
	CHECK_EQ(strlen(command), COMMAND_BYTES - 1);
	CHECK(command[COMMAND_BYTES - 2] == 'a');
}

TEST_MAIN
