/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ends of a socket: the peer at the first write to it, and both when a pass over open files asks. */
#ifndef TS_PEER_BPF_H
#define TS_PEER_BPF_H

#define AF_UNIX  1
#define AF_INET  2
#define AF_INET6 10

static __always_inline u32 pid_of(struct pid *pid)
{
	struct upid up;

	if (!pid)
		return 0;
	if (viewer_level)
		return viewer_id(pid, 0);
	if (bpf_probe_read_kernel(&up, sizeof(up), (void *)pid + bpf_core_field_offset(pid->numbers)))
		return 0;
	return up.nr;
}

/* The path or abstract name that a Unix socket is bound to. Returns its bytes. */
static __always_inline u32 unix_name(struct sock *sk, char *name)
{
	struct unix_address *address = BPF_CORE_READ((struct unix_sock *)sk, addr);
	const u32 family_bytes = 2;
	u32 len;

	if (!address)
		return 0;
	len = BPF_CORE_READ(address, len) - family_bytes;
	if (!len || len >= TS_SOCKET_NAME_BYTES)
		return 0;
	barrier_var(len);
	if (bpf_probe_read_kernel(name, len & 127,
				  (void *)address + bpf_core_field_offset(address->name) + family_bytes))
		return 0;
	return len;
}

static __always_inline void unix_peer(struct ts_event_file *e, struct sock *sk)
{
	struct sock *peer;

	if (!bpf_core_type_exists(struct unix_sock))
		return;
	e->peer_tgid = pid_of(BPF_CORE_READ(sk, sk_peer_pid));
	peer = BPF_CORE_READ((struct unix_sock *)sk, peer);
	if (peer)
		e->name_bytes = unix_name(peer, e->name);
}

static __always_inline void socket_peer(struct ts_event_file *e, struct file *file)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sk = BPF_CORE_READ(socket, sk);

	e->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	switch (e->family) {
	case AF_UNIX:
		unix_peer(e, sk);
		break;
	case AF_INET:
		e->port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
		*(u32 *)e->address = BPF_CORE_READ(sk, __sk_common.skc_daddr);
		break;
	case AF_INET6:
		e->port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
		BPF_CORE_READ_INTO(&e->address, sk, __sk_common.skc_v6_daddr);
		break;
	}
}

/* Both ends of the socket of an open file. */
static __always_inline void socket_ends(struct ts_socket *r, struct file *file)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sk = BPF_CORE_READ(socket, sk), *peer;

	r->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	r->type = BPF_CORE_READ(sk, sk_type);
	r->protocol = BPF_CORE_READ(sk, sk_protocol);
	r->state = BPF_CORE_READ(sk, __sk_common.skc_state);
	if (r->family == AF_UNIX && bpf_core_type_exists(struct unix_sock)) {
		r->name_bytes = unix_name(sk, r->name);
		peer = BPF_CORE_READ((struct unix_sock *)sk, peer);
		if (peer)
			r->peer_name_bytes = unix_name(peer, r->peer_name);
	} else if (r->family == AF_INET || r->family == AF_INET6) {
		r->port = BPF_CORE_READ(sk, __sk_common.skc_num);
		r->peer_port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
	}
	if (r->family == AF_INET) {
		*(u32 *)r->address = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
		*(u32 *)r->peer_address = BPF_CORE_READ(sk, __sk_common.skc_daddr);
	} else if (r->family == AF_INET6) {
		BPF_CORE_READ_INTO(&r->address, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&r->peer_address, sk, __sk_common.skc_v6_daddr);
	}
}

#endif
