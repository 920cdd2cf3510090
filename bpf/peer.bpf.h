/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The peer of a socket, at the first write to the socket. */
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

/* The path or abstract name that a Unix socket is bound to. */
static __always_inline void unix_name(struct ts_event_file *e, struct sock *sk)
{
	struct unix_address *address = BPF_CORE_READ((struct unix_sock *)sk, addr);
	const u32 family_bytes = 2;
	u32 len;

	if (!address)
		return;
	len = BPF_CORE_READ(address, len) - family_bytes;
	if (!len || len >= TS_SOCKET_NAME_BYTES)
		return;
	barrier_var(len);
	if (!bpf_probe_read_kernel(e->name, len & 127,
				   (void *)address + bpf_core_field_offset(address->name) + family_bytes))
		e->name_bytes = len;
}

static __always_inline void unix_peer(struct ts_event_file *e, struct sock *sk)
{
	struct sock *peer;

	if (!bpf_core_type_exists(struct unix_sock))
		return;
	e->peer_tgid = pid_of(BPF_CORE_READ(sk, sk_peer_pid));
	peer = BPF_CORE_READ((struct unix_sock *)sk, peer);
	if (peer)
		unix_name(e, peer);
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
		BPF_CORE_READ_INTO(e->address, sk, __sk_common.skc_v6_daddr);
		break;
	}
}

#endif
