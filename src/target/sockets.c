// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/process_private.h"

#define MOST_BYTES (4 << 20) /* per table: about 28,000 connections, read in about 40 ms */

/* Words as the kernel prints them: in host byte order, of an address in network byte order. */
static bool parse_address(const char *hex, uint8_t *bytes, size_t *ret_size)
{
	size_t digits = strspn(hex, "0123456789ABCDEFabcdef");
	char word[9] = "";

	if (digits != 8 && digits != 32)
		return false;
	for (size_t i = 0; i < digits / 8; i++) {
		uint32_t value;

		memcpy(word, hex + i * 8, 8);
		value = (uint32_t)strtoul(word, NULL, 16);
		memcpy(bytes + i * 4, &value, 4);
	}
	*ret_size = digits / 2;
	return true;
}

static bool print_address(const char *hex, unsigned port, char *text)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	char name[INET6_ADDRSTRLEN];
	uint8_t bytes[16];
	size_t size;
	bool v4;

	if (!port || !parse_address(hex, bytes, &size))
		return false;
	v4 = size == 4 || !memcmp(bytes, mapped, sizeof(mapped));
	if (!inet_ntop(v4 ? AF_INET : AF_INET6, v4 && size == 16 ? bytes + 12 : bytes, name, sizeof(name)))
		return false;
	snprintf(text, SOCKET_TEXT_BYTES, v4 ? "%s:%u" : "[%s]:%u", name, port);
	return true;
}

bool socket_line__inet(const char *line, struct socket_end *ret)
{
	struct socket_end e = {};
	unsigned local_port, remote_port;
	char local[33], remote[33];

	if (sscanf(line,
		   " %*u: %32[0-9A-Fa-f]:%4x %32[0-9A-Fa-f]:%4x %*x %*x:%*x %*x:%*x %*x %*u %*d %" SCNu64,
		   local, &local_port, remote, &remote_port, &e.inode) != 5 ||
	    !e.inode)
		return false;
	e.peer = print_address(remote, remote_port, e.text);
	if (!e.peer && !print_address(local, local_port, e.text))
		return false;
	*ret = e;
	return true;
}

bool socket_line__unix(const char *line, struct socket_end *ret)
{
	struct socket_end e = {};
	int at = 0;

	/* The first word is not always hexadecimal: while the kernel has too little entropy to hash
	 * addresses, it is "(____ptrval____)". A path with a line break only truncates the line. */
	if (sscanf(line, "%*[^:]: %*x %*x %*x %*x %*x %" SCNu64 " %n", &e.inode, &at) != 1 || !e.inode ||
	    !at || !line[at])
		return false;
	snprintf(e.text, sizeof(e.text), "%s", line + at);
	*ret = e;
	return true;
}

static int by_inode(const void *a, const void *b)
{
	const struct socket_end *x = a, *y = b;

	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

/* The inode, in the line's column (from 0): most lines belong to other sockets and need no more parsing.
 */
static uint64_t inode_in(const char *line, unsigned column)
{
	line += strspn(line, " ");
	while (column--) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}
	return strtoull(line, NULL, 10);
}

struct table {
	const char *name;
	unsigned inode_column;
	bool (*parse)(const char *line, struct socket_end *ret);
};

/* Returns the number of sockets of the list that it resolved. */
static size_t read_table(const struct process *p, const struct table *t, struct socket_end *list,
			 size_t count, size_t missing)
{
	int fd = openat(p->live_dir, t->name, O_RDONLY | O_CLOEXEC);
	FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;
	size_t found = 0, bytes = 0;
	char line[512], buffer[16384];

	if (!f && fd >= 0)
		close(fd);
	if (f)
		setvbuf(f, buffer, _IOFBF, sizeof(buffer)); /* each read searches its position again */
	while (f && found < missing && bytes < MOST_BYTES && fgets(line, sizeof(line), f)) {
		struct socket_end e = {.inode = inode_in(line, t->inode_column)}, *wanted;

		bytes += strlen(line);
		wanted = e.inode ? bsearch(&e, list, count, sizeof(*list), by_inode) : NULL;
		if (!wanted || wanted->seen)
			continue;
		wanted->seen = true; /* even without an address: it is in no other table */
		found++;
		line[strcspn(line, "\n")] = '\0';
		if (t->parse(line, &e) && e.inode == wanted->inode) {
			e.seen = true;
			*wanted = e;
		}
	}
	if (f)
		fclose(f);
	return found;
}

void sockets__find(const struct process *p, struct socket_end *list, size_t count)
{
	static const struct table tables[] = {
		{"net/unix", 6, socket_line__unix}, {"net/tcp", 9, socket_line__inet},
		{"net/tcp6", 9, socket_line__inet}, {"net/udp", 9, socket_line__inet},
		{"net/udp6", 9, socket_line__inet},
	};
	size_t missing = count;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && missing; i++)
		missing -= read_table(p, &tables[i], list, count, missing);
}
