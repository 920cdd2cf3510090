// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libbpf looks for a type that the kernel's own BTF lacks in that of all modules, which only CAP_SYS_ADMIN
 * may list. What threadscope needs of a module comes from its file in /sys/kernel/btf, which everyone may
 * read.
 */
#include "probes/module_types.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

/*
 * libbpf before 1.5 gives up when it may not list the BTF of modules, even for a function that the kernel may
 * lack (bpf_preempt_disable). As for later ones, there is then none. This definition precedes the library's;
 * in a static program the linker sends the library's calls here (--wrap).
 */
#ifdef TS_STATIC
#define bpf_btf_get_next_id __wrap_bpf_btf_get_next_id
int bpf_btf_get_next_id(__u32 start_id, __u32 *next_id);
#endif
int bpf_btf_get_next_id(__u32 start_id, __u32 *next_id)
{
	union bpf_attr attr = {.start_id = start_id};

	if (syscall(SYS_bpf, BPF_BTF_GET_NEXT_ID, &attr, sizeof(attr))) {
		if (errno == EPERM)
			errno = ENOENT;
		return -errno;
	}
	*next_id = attr.next_id;
	return 0;
}

/* The byte at which a struct has that member. False: it has none. */
static bool member_at(const struct btf *btf, const char *type, const char *name, uint32_t *ret)
{
	int id = btf__find_by_name_kind(btf, type, BTF_KIND_STRUCT);
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;

	for (__u32 i = 0; t && i < btf_vlen(t); i++) {
		const char *own = btf__name_by_offset(btf, btf_members(t)[i].name_off);

		if (own && !strcmp(own, name)) {
			*ret = btf_member_bit_offset(t, i) / 8;
			return true;
		}
	}
	return false;
}

static void fill_btrfs(const struct btf *btf, struct btrfs_layout *ret)
{
	struct btrfs_layout l = {0};
	uint32_t key, id;

	if (!member_at(btf, "btrfs_inode", "vfs_inode", &l.inode_at) ||
	    !member_at(btf, "btrfs_inode", "root", &l.root_at) ||
	    !member_at(btf, "btrfs_root", "root_key", &key) || !member_at(btf, "btrfs_key", "objectid", &id))
		return;
	l.root_id_at = key + id;
	l.known = true;
	*ret = l;
}

void features__find_btrfs(const struct btf *btf, struct btrfs_layout *ret)
{
	struct btf *module;

	fill_btrfs(btf, ret);
	if (ret->known)
		return;
	module = btf__load_module_btf("btrfs", (struct btf *)btf);
	if (!module)
		return;
	fill_btrfs(module, ret);
	btf__free(module);
}
