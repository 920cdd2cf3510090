/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sockets that a process has open, from its own descriptors: they are the same in every network
 * namespace, and a name is a name, whatever bytes it has (a line of /proc/net/unix can be forged by a line
 * break).
 */

#define S_IFMT_BITS   0170000
#define S_IFSOCK_BITS 0140000
#define SOCKFS_MAGIC  0x534f434b /* not the file that a Unix socket is bound to */

volatile __u32 sockets_tgid = 0; /* set before each pass */

/* One entry: there is one reader at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct ts_socket);
} socket_scratch SEC(".maps");

SEC("iter/task_file")
int sockets(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct inode *inode;
	struct ts_socket *r;
	u32 zero = 0;

	if (!task || !file || viewer_tgid(task) != sockets_tgid)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	if ((BPF_CORE_READ(inode, i_mode) & S_IFMT_BITS) != S_IFSOCK_BITS ||
	    BPF_CORE_READ(inode, i_sb, s_magic) != SOCKFS_MAGIC)
		return 0;
	r = bpf_map_lookup_elem(&socket_scratch, &zero);
	if (!r)
		return 0;
	__builtin_memset(r, 0, sizeof(*r));
	r->inode = BPF_CORE_READ(inode, i_ino);
	socket_ends(r, file);
	bpf_seq_write(ctx->meta->seq, r, sizeof(*r));
	return 0;
}
