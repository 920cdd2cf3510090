/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a descriptor to its inode and, once per file, to its path. */
#ifndef TS_FILE_BPF_H
#define TS_FILE_BPF_H

#define S_IFMT    0170000
#define S_IFSOCK  0140000
#define S_IFREG   0100000
#define S_IFBLK   0060000
#define S_IFDIR   0040000
#define S_IFCHR   0020000
#define S_IFIFO   0010000
#define O_APPEND  02000
#define O_DSYNC   010000 /* O_SYNC has one more bit */
#define O_ACCMODE 03

#define PATH_COMPONENTS 16 /* user space completes deeper paths */
#define PIPEFS_MAGIC    0x50495045
#define OVERLAYFS_MAGIC 0x794c7630
#define BTRFS_MAGIC     0x9123683e

#ifndef TS_WITHOUT_ATOMICS
extern void *bpf_rdonly_cast(const void *, __u32)
__ksym __weak;
/* A kernel address as a pointer that is read without a helper; reading a bad one gives 0. */
#define READABLE(type, address) ((type *)bpf_rdonly_cast((void *)(address), bpf_core_type_id_kernel(type)))
#else
#define READABLE(type, address) ((type *)(address))
#endif
#define FILE_FIELD(pointer, type, field) \
	(has_rdonly_cast ? READABLE(type, pointer)->field : BPF_CORE_READ((type *)(pointer), field))

/* ---- a file's row of totals ---------------------------------------------- */

static __always_inline struct ts_file *file_totals(u32 row)
{
	u32 slot = row - 1; /* no row: an index beyond the array */

	return bpf_map_lookup_elem(&file_rows, &slot);
}

/* The file's row, counted from 1; 0: none. */
static __always_inline u32 file_row_find(const struct ts_file_key *key)
{
	u32 *slot = bpf_map_lookup_elem(&file_slots, key);

	return slot ? *slot + 1 : 0;
}

static __always_inline u32 file_row_make(const struct ts_file_key *key)
{
	u32 slot;

	if (bpf_map_pop_elem(&free_files, &slot))
		return 0;
	if (!bpf_map_update_elem(&file_slots, key, &slot, BPF_NOEXIST))
		return slot + 1;
	/* Another thread was faster. */
	bpf_map_push_elem(&free_files, &slot, 0);
	return file_row_find(key);
}

/* ---- which file ------------------------------------------------------------ */

/* The open file behind fd, as a kernel address; 0 if fd is not open. */
static __always_inline u64 file_of(struct task_struct *task, bool direct, s32 fd)
{
	struct fdtable *fdt;
	struct file **array;
	struct file *file = NULL;
	u32 max;

	if (direct) {
		fdt = task->files->fdt;
		max = fdt->max_fds;
		array = fdt->fd;
	} else {
		fdt = BPF_CORE_READ(task, files, fdt);
		max = BPF_CORE_READ(fdt, max_fds);
		array = BPF_CORE_READ(fdt, fd);
	}
	if (fd < 0 || (u32)fd >= max)
		return 0;
	if (has_rdonly_cast) /* any struct that begins with a pointer would do */
		return (u64)READABLE(struct hlist_head, array + fd)->first;
	bpf_probe_read_kernel(&file, sizeof(file), array + fd);
	return (u64)file;
}

/*
 * Whether close() flushes to a server: network file systems and FUSE (include/uapi/linux/magic.h,
 * fs/smb/client/cifsglob.h).
 */
static __always_inline bool close_flushes(struct task_struct *task, s32 fd)
{
	struct file *file = (struct file *)file_of(task, has_current_btf, fd);

	if (!file)
		return false;
	switch (BPF_CORE_READ(file, f_inode, i_sb, s_magic)) {
	case 0x6969:     /* NFS */
	case 0xff534d42: /* CIFS */
	case 0xfe534d42: /* SMB2 */
	case 0x65735546: /* FUSE */
	case 0x00c36400: /* Ceph */
	case 0x6b414653: /* AFS */
	case 0x01021997: /* 9P */
		return (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) == S_IFREG &&
		       (BPF_CORE_READ(file, f_flags) & O_ACCMODE);
	}
	return false;
}

static __always_inline u32 file_kind(struct inode *inode)
{
	u32 major;

	switch (BPF_CORE_READ(inode, i_mode) & S_IFMT) {
	case S_IFREG:
		return TS_FILE_REGULAR;
	case S_IFIFO:
		return TS_FILE_PIPE;
	case S_IFSOCK:
		return TS_FILE_SOCKET;
	case S_IFDIR:
		return TS_FILE_DIR;
	case S_IFBLK:
		return TS_FILE_DEVICE;
	case S_IFCHR:
		/* Documentation/admin-guide/devices.txt: 4 tty, 5 console, 136..143 pty, 204 serial */
		major = BPF_CORE_READ(inode, i_rdev) >> 20;
		if (major == 4 || major == 5 || major == 204 || (major >= 136 && major <= 143))
			return TS_FILE_TTY;
		return TS_FILE_DEVICE;
	}
	return TS_FILE_OTHER;
}

/* File systems whose inodes alone do not distinguish two files with the same inode number. */
enum generation_from { FROM_INODE = 0, FROM_UPPER = 1, FROM_SUBVOLUME = 2 };

static __always_inline u32 generation_from(struct inode *inode)
{
	switch (BPF_CORE_READ(inode, i_sb, s_magic)) {
	case OVERLAYFS_MAGIC:
		return FROM_UPPER;
	case BTRFS_MAGIC:
		return FROM_SUBVOLUME;
	}
	return FROM_INODE;
}

/*
 * An overlay's inode has no generation. Its upper file's is used; that dentry follows the inode in struct
 * ovl_inode (fs/overlayfs/ovl_entry.h, the same from 4.19 to 7.x; the module's types may be missing).
 */
static __always_inline u32 upper_generation(struct inode *inode)
{
	struct dentry *dentry = NULL;
	struct inode *upper;

	if (bpf_probe_read_kernel(&dentry, sizeof(dentry), (void *)inode + bpf_core_type_size(struct inode)))
		return BPF_CORE_READ(inode, i_generation);
	upper = BPF_CORE_READ(dentry, d_inode);
	if (!upper || BPF_CORE_READ(upper, i_mode) != BPF_CORE_READ(inode, i_mode))
		return 0;
	return BPF_CORE_READ(upper, i_generation);
}

/* Each subvolume of btrfs numbers its own inodes, and a snapshot's files keep the original's numbers. The
 * offsets come from user space: for types of a module libbpf would list the types of all modules, which needs
 * CAP_SYS_ADMIN.
 */
static __always_inline u32 subvolume(struct inode *inode)
{
	void *root = NULL;
	u64 id = 0;

	if (!has_btrfs)
		return 0;
	/* struct btrfs_inode is around its inode */
	bpf_probe_read_kernel(&root, sizeof(root), (void *)inode - btrfs_inode_at + btrfs_root_at);
	bpf_probe_read_kernel(&id, sizeof(id), root + btrfs_root_id_at);
	return id;
}

/* Distinguishes files that have the same inode number, at the same time or one after the other. */
static __always_inline u32 file_generation(struct inode *inode, u32 from)
{
	if (from == FROM_UPPER)
		return upper_generation(inode);
	if (from ==
	    FROM_SUBVOLUME) /* spread the bits: numbers of snapshots and generations both grow by one */
		return BPF_CORE_READ(inode, i_generation) + subvolume(inode) * 2654435761u;
	return BPF_CORE_READ(inode, i_generation);
}

static __always_inline void file_key(struct file *file, struct inode *inode, u32 tgid,
				     struct ts_file_key *key)
{
	key->tgid = tgid;
	key->dev = BPF_CORE_READ(inode, i_sb, s_dev);
	key->inode = BPF_CORE_READ(inode, i_ino);
	key->generation = file_generation(inode, generation_from(inode));
	key->kind = file_kind(inode);
}

/*
 * The path's components, innermost first, across mounts up to the root that
 * the task sees. Read now, because by the time user space looks the descriptor
 * may be closed.
 */
static __always_inline void file_path(struct ts_event_file *e, struct file *file, struct task_struct *task)
{
	struct dentry *dentry, *parent, *root_dentry, *mount_root;
	struct vfsmount *vfsmount, *root_mount;
	struct mount *mount;
	u32 used;

	dentry = BPF_CORE_READ(file, f_path.dentry);
	vfsmount = BPF_CORE_READ(file, f_path.mnt);
	root_dentry = BPF_CORE_READ(task, fs, root.dentry);
	root_mount = BPF_CORE_READ(task, fs, root.mnt);
	e->path_state = 2;
	e->path_bytes = 0;
	if (!BPF_CORE_READ(dentry, d_hash.pprev))
		e->path_state |= 4;
	for (int i = 0; i < PATH_COMPONENTS; i++) {
		long n;

		if (dentry == root_dentry && vfsmount == root_mount)
			goto complete;
		mount_root = BPF_CORE_READ(vfsmount, mnt_root);
		parent = BPF_CORE_READ(dentry, d_parent);
		if (dentry == mount_root || dentry == parent) {
			struct mount *up;

			mount = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
			up = BPF_CORE_READ(mount, mnt_parent);
			if (up == mount || !up)
				goto complete;
			dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			vfsmount = (void *)up + bpf_core_field_offset(struct mount, mnt);
			continue;
		}
		/* Kept in memory, where the verifier does not track it: otherwise it would walk far more
		 * paths. */
		used = e->path_bytes;
		if (used >= TS_PATH_BYTES)
			return;
		/* The mask gives the verifier the bound; the barrier keeps the compiler from removing it.
		 */
		barrier_var(used);
		n = bpf_probe_read_kernel_str(&e->path[used & (TS_PATH_BYTES - 1)], TS_NAME_BYTES,
					      BPF_CORE_READ(dentry, d_name.name));
		if (n <= 0 || n > TS_NAME_BYTES)
			return;
		e->path_bytes = used + n;
		dentry = parent;
	}
	return;
complete:
	e->path_state = (e->path_state & 4) | 1;
}

/* Announces a file to user space. Returns whether it succeeded. */
static __always_inline int send_file(struct task_struct *task, struct thread_state *t,
				     const struct ts_file_key *key, s32 fd, u32 flags, struct file *file)
{
	struct ts_event_file *e = event_reserve(sizeof(*e), TS_EVENT_FILE);

	if (!e)
		return 0;
	event_header(&e->e, TS_EVENT_FILE, task, t->tgid, t->tid);
	e->key = *key;
	e->fd = fd;
	e->flags = flags;
	e->path_bytes = 0;
	e->path_state = 0;
	__builtin_memset(e->fs, 0, sizeof(*e) - __builtin_offsetof(struct ts_event_file, fs));
	if (file) {
		file_path(e, file, task);
		bpf_probe_read_kernel_str(e->fs, sizeof(e->fs),
					  BPF_CORE_READ(file, f_inode, i_sb, s_type, name));
		if (e->key.kind == TS_FILE_SOCKET)
			socket_peer(e, file);
	}
	bpf_ringbuf_submit(e, 0);
	return 1;
}

/*
 * Announces the new file of the current thread's call to user space. Returns whether it succeeded. A global
 * function of scalars is verified once, so its loop does not multiply with its callers' paths.
 */
__noinline int announce_file(u32 flags)
{
	struct thread_state *t = thread_current();

	return t ? send_file(current_task(), t, &t->io_key, t->io_fd, flags, (struct file *)t->io_file) : 0;
}

#endif
