// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/socket_ends.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "target/namespaces.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/heap.h"

/* include/net/tcp_states.h */
#define STATE_ESTABLISHED 1
#define STATE_LISTEN      10
#define ALL_BUT_LISTEN    (0xfff & ~(1u << STATE_LISTEN))

#define SOCKETS_MAX 100000
#define LIST_NS     20000000ull /* of CPU time, for one list */
#define REPLY_MS    200
#define BUFFER      32768

struct end {
	uint8_t address[16]; /* IPv4 as in ::ffff:0:0/96 */
	uint16_t port;
};

struct tcp {
	struct end own, other;
	uint64_t inode;
};

struct socket_ends {
	int fd;
	bool listed; /* TCP connections */
	struct tcp *list;
	size_t count, room;
};

int socket_list__open(void)
{
	const struct timeval patience = {.tv_usec = REPLY_MS * 1000};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

/* The list is that of the namespace in which it was opened. Where that may not be entered, nothing is known.
 */
struct socket_ends *socket_ends__new(pid_t of)
{
	struct namespace_question q = {.subject = NAMESPACE_SOCKETS};
	struct socket_ends *s = HEAP_NEW(struct socket_ends, 1);

	s->fd = namespace__ask(of, &q) ? -1 : q.fd;
	return s;
}

void socket_ends__free(struct socket_ends *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s->list);
	free(s);
}

/* ---- questions -------------------------------------------------------------------- */

typedef bool (*answer_fn)(const struct nlmsghdr *h, void *arg); /* false: enough */

/* Until the answer ends, is late, or fn has what it wants. The rest of a list is read away. */
static void take_answers(struct socket_ends *s, uint32_t number, bool list, answer_fn fn, void *arg)
{
	uint64_t until = clock_ns(CLOCK_THREAD_CPUTIME_ID) + LIST_NS;
	_Alignas(struct nlmsghdr) char buffer[BUFFER];
	bool wanted = true;

	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < until) {
		ssize_t n = recv(s->fd, buffer, sizeof(buffer), 0);
		size_t left = n > 0 ? (size_t)n : 0;

		if (n <= 0)
			return;
		for (const struct nlmsghdr *h = (const void *)buffer; NLMSG_OK(h, left);
		     h = NLMSG_NEXT(h, left)) {
			if (h->nlmsg_seq != number)
				continue;
			if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
				return;
			wanted = wanted && fn(h, arg);
			if (!list)
				return;
		}
	}
}

static void ask(struct socket_ends *s, void *request, size_t bytes, bool list, answer_fn fn, void *arg)
{
	static uint32_t number;
	struct {
		struct nlmsghdr h;
		uint8_t body[128];
	} message = {.h = {.nlmsg_len = (uint32_t)(sizeof(message.h) + bytes),
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | (list ? NLM_F_DUMP : 0)),
			   .nlmsg_seq = ++number}};

	if (s->fd < 0 || bytes > sizeof(message.body))
		return;
	memcpy(message.body, request, bytes);
	if (send(s->fd, &message, message.h.nlmsg_len, 0) == (ssize_t)message.h.nlmsg_len)
		take_answers(s, number, list, fn, arg);
	/* What is left of a list that was too long would be taken for the next answer, but for its number;
	 * the kernel ends a list whose reader is gone. */
}

/* The value of an attribute, at least bytes long; NULL: it has none. */
static const void *attribute(const struct nlmsghdr *h, size_t fixed, uint16_t type, size_t bytes, size_t *ret)
{
	const struct rtattr *a = (const void *)((const char *)NLMSG_DATA(h) + NLMSG_ALIGN(fixed));
	int left = (int)h->nlmsg_len - (int)NLMSG_LENGTH(NLMSG_ALIGN(fixed));

	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == type && RTA_PAYLOAD(a) >= bytes) {
			*ret = RTA_PAYLOAD(a);
			return RTA_DATA(a);
		}
	return NULL;
}

/* ---- Unix sockets ----------------------------------------------------------------- */

static bool take_unix_peer(const struct nlmsghdr *h, void *arg)
{
	const uint32_t *peer;
	size_t bytes;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(struct unix_diag_msg)))
		return true;
	peer = attribute(h, sizeof(struct unix_diag_msg), UNIX_DIAG_PEER, sizeof(*peer), &bytes);
	if (peer)
		memcpy(arg, peer, sizeof(*peer));
	return false;
}

static uint64_t unix_peer(struct socket_ends *s, uint64_t inode)
{
	struct unix_diag_req r = {.sdiag_family = AF_UNIX,
				  .udiag_states = UINT32_MAX,
				  .udiag_ino = (uint32_t)inode,
				  .udiag_show = UDIAG_SHOW_PEER,
				  .udiag_cookie = {UINT32_MAX, UINT32_MAX}};
	uint32_t peer = 0;

	if (inode <= UINT32_MAX)
		ask(s, &r, sizeof(r), false, take_unix_peer, &peer);
	return peer;
}

struct unix_search {
	const char *name;
	size_t bytes;
	uint32_t inode; /* of the path, 0: of none, or not known */
	struct listener *ret;
	size_t found;
};

/* A path ends at its NUL, an abstract name has all of its bytes. */
static size_t name_bytes(const char *name, size_t bytes)
{
	return bytes && *name ? strnlen(name, bytes) : bytes;
}

static bool take_unix_listener(const struct nlmsghdr *h, void *arg)
{
	const struct unix_diag_msg *m = NLMSG_DATA(h);
	const struct unix_diag_rqlen *queue;
	const struct unix_diag_vfs *file;
	struct unix_search *search = arg;
	const char *name;
	size_t bytes;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)))
		return true;
	name = attribute(h, sizeof(*m), UNIX_DIAG_NAME, 1, &bytes);
	if (!name || name_bytes(name, bytes) != search->bytes ||
	    memcmp(name, search->name, search->bytes) != 0)
		return true;
	file = attribute(h, sizeof(*m), UNIX_DIAG_VFS, sizeof(*file), &bytes);
	if (search->inode && file && file->udiag_vfs_ino != search->inode)
		return true;
	*search->ret = (struct listener){.inode = m->udiag_ino};
	queue = attribute(h, sizeof(*m), UNIX_DIAG_RQLEN, sizeof(*queue), &bytes);
	if (queue) {
		search->ret->queued = queue->udiag_rqueue;
		search->ret->backlog = queue->udiag_wqueue;
	}
	search->found++;
	return true;
}

/* Sockets of other folders and containers, or an earlier server's, may have the same name: the path's inode
 * tells them apart. Where that is not known, the name must be one socket's alone. */
static bool unix_listener(struct socket_ends *s, const struct sockaddr_un *address, size_t bytes,
			  uint64_t inode, struct listener *ret)
{
	struct unix_diag_req r = {.sdiag_family = AF_UNIX,
				  .udiag_states = 1u << STATE_LISTEN,
				  .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_RQLEN | UDIAG_SHOW_VFS};
	struct unix_search search = {.name = address->sun_path, .inode = (uint32_t)inode, .ret = ret};

	if (bytes <= offsetof(struct sockaddr_un, sun_path) || bytes > sizeof(*address))
		return false;
	search.bytes = name_bytes(address->sun_path, bytes - offsetof(struct sockaddr_un, sun_path));
	ask(s, &r, sizeof(r), true, take_unix_listener, &search);
	return search.found == 1;
}

/* ---- TCP -------------------------------------------------------------------------- */

static void fill_end(struct end *e, uint8_t family, const void *address, uint16_t port)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	e->port = port;
	if (family == AF_INET6) {
		memcpy(e->address, address, 16);
		return;
	}
	memcpy(e->address, mapped, sizeof(mapped));
	memcpy(e->address + 12, address, 4);
}

static bool same_end(const struct end *x, const struct end *y)
{
	return x->port == y->port && !memcmp(x->address, y->address, sizeof(x->address));
}

static const struct inet_diag_msg *inet_message(const struct nlmsghdr *h)
{
	return h->nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg)) ? NULL : NLMSG_DATA(h);
}

static bool take_tcp(const struct nlmsghdr *h, void *arg)
{
	const struct inet_diag_msg *m = inet_message(h);
	struct socket_ends *s = arg;
	struct tcp *t;

	if (!m || s->count >= SOCKETS_MAX)
		return m != NULL;
	t = ARRAY_ADD(s->list, s->count, s->room);
	fill_end(&t->own, m->idiag_family, m->id.idiag_src, m->id.idiag_sport);
	fill_end(&t->other, m->idiag_family, m->id.idiag_dst, m->id.idiag_dport);
	t->inode = m->idiag_inode;
	return true;
}

static void list_tcp(struct socket_ends *s)
{
	static const uint8_t FAMILIES[] = {AF_INET, AF_INET6};

	s->listed = true;
	for (size_t i = 0; i < sizeof(FAMILIES); i++) {
		struct inet_diag_req_v2 r = {.sdiag_family = FAMILIES[i],
					     .sdiag_protocol = IPPROTO_TCP,
					     .idiag_states = ALL_BUT_LISTEN};

		ask(s, &r, sizeof(r), true, take_tcp, s);
	}
}

static uint64_t tcp_peer(struct socket_ends *s, uint64_t inode)
{
	const struct tcp *own = NULL;

	if (!s->listed)
		list_tcp(s);
	for (size_t i = 0; i < s->count && !own; i++)
		own = inode && s->list[i].inode == inode ? &s->list[i] : NULL;
	for (size_t i = 0; own && i < s->count; i++)
		if (same_end(&s->list[i].own, &own->other) && same_end(&s->list[i].other, &own->own))
			return s->list[i].inode;
	return 0;
}

struct tcp_search {
	struct end end;
	struct listener *ret;
	bool found, exact;
};

static bool is_any(const struct end *e)
{
	static const uint8_t any4[16] = {[10] = 0xff, [11] = 0xff}, any6[16] = {0};

	return !memcmp(e->address, any4, 16) || !memcmp(e->address, any6, 16);
}

/* One that is bound to the address itself comes before one for all addresses. */
static bool take_tcp_listener(const struct nlmsghdr *h, void *arg)
{
	const struct inet_diag_msg *m = inet_message(h);
	struct tcp_search *search = arg;
	struct end own;
	bool exact;

	if (!m)
		return true;
	fill_end(&own, m->idiag_family, m->id.idiag_src, m->id.idiag_sport);
	exact = same_end(&own, &search->end);
	if (!exact && (search->exact || own.port != search->end.port || !is_any(&own)))
		return true;
	search->found = true;
	search->exact = exact;
	*search->ret = (struct listener){
		.inode = m->idiag_inode, .queued = m->idiag_rqueue, .backlog = m->idiag_wqueue};
	return true;
}

static bool tcp_listener(struct socket_ends *s, const struct tcp_search *wanted, struct listener *ret)
{
	static const uint8_t FAMILIES[] = {AF_INET, AF_INET6};
	struct tcp_search search = *wanted;

	search.ret = ret;
	for (size_t i = 0; i < sizeof(FAMILIES) && !search.exact; i++) {
		struct inet_diag_req_v2 r = {.sdiag_family = FAMILIES[i],
					     .sdiag_protocol = IPPROTO_TCP,
					     .idiag_states = 1u << STATE_LISTEN};

		ask(s, &r, sizeof(r), true, take_tcp_listener, &search);
	}
	return search.found;
}

/* An address of this host is one that a socket here is bound to; of others only loopback is sure. */
static bool is_loopback(const struct end *e)
{
	static const uint8_t loopback6[16] = {[15] = 1}, mapped[12] = {[10] = 0xff, [11] = 0xff};

	return !memcmp(e->address, loopback6, 16) ||
	       (!memcmp(e->address, mapped, 12) && e->address[12] == 127);
}

/* ---- both ------------------------------------------------------------------------- */

uint64_t socket_ends__peer(struct socket_ends *s, uint64_t inode)
{
	uint64_t peer = unix_peer(s, inode);

	return peer ? peer : tcp_peer(s, inode);
}

bool socket_ends__listener(struct socket_ends *s, const struct sockaddr_storage *address, size_t bytes,
			   uint64_t inode, struct listener *ret)
{
	const struct sockaddr_in *in4 = (const void *)address;
	const struct sockaddr_in6 *in6 = (const void *)address;
	struct tcp_search search = {0};
	struct listener found;

	if (address->ss_family == AF_UNIX)
		return unix_listener(s, (const void *)address, bytes, inode, ret);
	if (address->ss_family == AF_INET && bytes >= sizeof(*in4))
		fill_end(&search.end, AF_INET, &in4->sin_addr, in4->sin_port);
	else if (address->ss_family == AF_INET6 && bytes >= sizeof(*in6))
		fill_end(&search.end, AF_INET6, &in6->sin6_addr, in6->sin6_port);
	else
		return false;
	if (!is_loopback(&search.end) || !tcp_listener(s, &search, &found))
		return false;
	*ret = found;
	return true;
}
