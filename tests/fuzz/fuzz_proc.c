/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as the texts of /proc, of cgroups and of a process's resolv.conf. The names in them are those of
 * other users. */
#include "target/file_locks.h"
#include "target/limits.h"
#include "target/mappings.h"
#include "target/mounts.h"
#include "target/origin.h"
#include "target/process_private.h"
#include "tests/fuzz/fuzz.h"
#include "waits/resolver.h"

static void maps(const char *text, size_t size)
{
	struct mappings m = {0};
	char *copy = fuzz__text(text, size);

	if (mappings__parse(copy, &m))
		abort();
	for (size_t i = 0; i < m.count; i++) {
		const struct mapping *at = &m.list[i];

		if (at->start >= at->end || (i && at->start < at[-1].end) || strlen(at->path) > size ||
		    mappings__find(&m, at->end - 1) != at)
			abort();
	}
	mappings__free(&m);
}

static void locks(const char *text, size_t size)
{
	for (enum file_lock_kind kind = FILE_LOCK_FLOCK; kind <= FILE_LOCK_DESCRIPTION; kind++) {
		struct file_lock_wait w = {.pid = 812, .fd = 3, .kind = kind};
		char *copy = fuzz__text(text, size), *again = fuzz__text(text, size);

		if (file_lock__holder_in(copy, &w, 1234).pid < 0 ||
		    file_lock__holder_in(again, &w, 0).pid < 0)
			abort();
		free(copy);
		free(again);
	}
}

static void status(const char *text)
{
	static const char *const KEYS[] = {"Tgid", "PPid", "TracerPid", "Threads", "NSpid", "flags", "ino"};
	struct proc_stat st;
	uint64_t n;

	for (size_t i = 0; i < sizeof(KEYS) / sizeof(*KEYS); i++)
		status__number(text, KEYS[i], i == 5 ? 8 : 10, &n);
	if (!proc_stat__parse(text, &st) && strlen(st.comm) >= sizeof(st.comm))
		abort();
}

static void mounts(const char *text, size_t size)
{
	char *copy = fuzz__text(text, size), *save = NULL;
	struct mount_line m;

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (mount_line__parse(line, &m))
			path_below(m.place, m.root);
	free(copy);
}

/* What stands before the first empty line is mountinfo, and the rest the cgroup file. */
static void cgroups(const char *text)
{
	const char *gap = strstr(text, "\n\n"), *cgroup = gap ? gap + 2 : text;
	char *mountinfo = fuzz__text(text, gap ? (size_t)(gap + 1 - text) : strlen(text)), unit[UNIT_NAME];
	struct cgroup_place place = {0};

	if (!cgroup_place__find(mountinfo, cgroup, &place) && strlen(place.mount) + strlen(place.path) == 0)
		abort();
	if (unit_name__find(cgroup, unit) && strlen(unit) >= sizeof(unit))
		abort();
	limits__max_processes(cgroup);
	limits__number(cgroup);
	free(mountinfo);
}

static void others(const char *text, size_t size)
{
	char command[COMMAND_BYTES], servers[RESOLVER_TEXT];
	bool titled;

	if (command__join(text, size, command, &titled) && strlen(command) >= sizeof(command))
		abort();
	resolver__servers(text, servers);
	if (strlen(servers) >= sizeof(servers))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz__text(data, size);

	maps(text, size);
	locks(text, size);
	status(text);
	mounts(text, size);
	cgroups(text);
	others(text, size);
	free(text);
	return 0;
}
