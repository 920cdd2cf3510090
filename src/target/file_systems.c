// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/file_systems.h"

/* A list of what is allowed, because the kernel's own file systems (proc, sysfs, tracefs, cgroup, devpts,
 * bpf, ...) become more with every version. Numbers: include/uapi/linux/magic.h and fs/NAME of the kernel.
 */
static const struct file_system LIST[] = {
	{"ext2, ext3, ext4", 0xef53, FS_LOCAL},
	{"xfs", 0x58465342, FS_LOCAL},
	{"btrfs", 0x9123683e, FS_LOCAL},
	{"overlay", 0x794c7630, FS_LOCAL},
	{"tmpfs", 0x01021994, FS_LOCAL}, /* also a memfd */
	{"ramfs", 0x858458f6, FS_LOCAL},
	{"zfs", 0x2fc12fc1, FS_LOCAL},
	{"f2fs", 0xf2f52010, FS_LOCAL},
	{"bcachefs", 0xca451a4e, FS_LOCAL},
	{"squashfs", 0x73717368, FS_LOCAL},
	{"erofs", 0xe0f5e1e2, FS_LOCAL},
	{"cramfs", 0x28cd3d45, FS_LOCAL},
	{"romfs", 0x7275, FS_LOCAL},
	{"iso9660", 0x9660, FS_LOCAL},
	{"udf", 0x15013346, FS_LOCAL},
	{"vfat", 0x4d44, FS_LOCAL},
	{"exfat", 0x2011bab0, FS_LOCAL},
	{"ntfs3", 0x7366746e, FS_LOCAL},
	{"ntfs", 0x5346544e, FS_LOCAL},
	{"hfsplus", 0x482b, FS_LOCAL},
	{"jfs", 0x3153464a, FS_LOCAL},
	{"reiserfs", 0x52654973, FS_LOCAL},
	{"nilfs2", 0x3434, FS_LOCAL},
	{"minix", 0x4d5a, FS_LOCAL},
	{"ubifs", 0x24051905, FS_LOCAL},
	{"jffs2", 0x72b6, FS_LOCAL},
	{"ecryptfs", 0xf15f, FS_LOCAL},
	{"aufs", 0x61756673, FS_LOCAL},
	{"hostfs", 0x00c0ffee, FS_LOCAL},
	{"fuse, virtiofs", 0x65735546, FS_SERVED},
	{"nfs", 0x6969, FS_SERVED},
	{"cifs", 0xff534d42, FS_SERVED},
	{"smb2", 0xfe534d42, FS_SERVED},
	{"9p", 0x01021997, FS_SERVED},
	{"ceph", 0x00c36400, FS_SERVED},
	{"afs", 0x5346414f, FS_SERVED},
	{"kafs", 0x6b414653, FS_SERVED},
	{"coda", 0x73757245, FS_SERVED},
	{"lustre", 0x0bd00bd0, FS_SERVED},
	{"gpfs", 0x47504653, FS_SERVED},
	{"beegfs", 0x19830326, FS_SERVED},
	{"orangefs", 0x20030528, FS_SERVED},
	{"gfs2", 0x01161970, FS_SERVED},
	{"ocfs2", 0x7461636f, FS_SERVED},
	{"vboxsf", 0x786f4256, FS_SERVED},
	{"vmhgfs", 0xbacbacbc, FS_SERVED},
	{"prl_fs", 0x7c7c6673, FS_SERVED},
};

#define COUNT (sizeof(LIST) / sizeof(LIST[0]))

enum fs_trust file_system__trust(long magic)
{
	for (size_t i = 0; i < COUNT; i++)
		if (LIST[i].magic == (unsigned)magic)
			return LIST[i].trust;
	return FS_REFUSED;
}

const struct file_system *file_systems__list(size_t *ret_count)
{
	*ret_count = COUNT;
	return LIST;
}
