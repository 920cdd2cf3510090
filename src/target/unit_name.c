// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/unit_name.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define ID_DIGITS    64 /* of a container */
#define SHORT_DIGITS 12 /* as docker and crictl print it */

/* A component of a path, or a part of one. */
struct part {
	const char *at;
	size_t length;
};

static bool ends_with(struct part p, const char *end)
{
	size_t length = strlen(end);

	return p.length > length && !memcmp(p.at + p.length - length, end, length);
}

/* Where a container's ID begins in it, which nothing but ".scope" follows; p.length: it has none. */
static size_t find_id(struct part p)
{
	size_t end = ends_with(p, ".scope") ? p.length - strlen(".scope") : p.length, start = end;

	while (start && isxdigit((unsigned char)p.at[start - 1]))
		start--;
	if (end - start != ID_DIGITS || (start && p.at[start - 1] != '-' && p.at[start - 1] != ':'))
		return p.length;
	return start;
}

/* "docker-ID.scope", "kubepods-pod1.slice:cri-containerd:ID", "ID" below the folder of the runtime. */
static bool take_container(struct part p, struct part above, char ret[UNIT_NAME])
{
	size_t id = find_id(p);
	struct part runtime = {p.at, id ? id - 1 : 0};

	if (id == p.length)
		return false;
	for (size_t i = runtime.length; i-- > 0;)
		if (runtime.at[i] == ':') {
			runtime = (struct part){runtime.at + i + 1, runtime.length - i - 1};
			break;
		}
	if (!id) /* of Kubernetes' pods the runtime is not known */
		runtime = above.length >= 3 && !memcmp(above.at, "pod", 3) ? (struct part){"container", 9}
									   : above;
	if (!runtime.length)
		runtime = (struct part){"container", 9};
	snprintf(ret, UNIT_NAME, "%.*s-%.*s", (int)(runtime.length > 64 ? 64 : runtime.length), runtime.at,
		 SHORT_DIGITS, p.at + id);
	return true;
}

static bool is_unit(struct part p)
{
	return ends_with(p, ".service") || ends_with(p, ".scope");
}

/* The innermost of a path decides: units are in slices, containers in units. */
static void look_at_path(const char *path, size_t length, char container[UNIT_NAME], char unit[UNIT_NAME])
{
	struct part above = {path, 0};
	const char *end = path + length;

	while (path < end) {
		const char *slash = memchr(path, '/', (size_t)(end - path));
		struct part p = {path, (size_t)((slash ? slash : end) - path)};

		if (p.length && !take_container(p, above, container) && is_unit(p))
			snprintf(unit, UNIT_NAME, "%.*s",
				 (int)(p.length < UNIT_NAME ? p.length : UNIT_NAME - 1), p.at);
		above = p;
		path = slash ? slash + 1 : end;
	}
}

bool unit_name__find(const char *cgroup, char ret[UNIT_NAME])
{
	char container[UNIT_NAME] = "", unit[UNIT_NAME] = "";

	for (const char *line = cgroup; *line;) {
		size_t length = strcspn(line, "\n");
		const char *path = memchr(line, ':', length);

		/* number:controllers:path */
		path = path ? memchr(path + 1, ':', length - (size_t)(path + 1 - line)) : NULL;
		if (path)
			look_at_path(path + 1, length - (size_t)(path + 1 - line), container, unit);
		line += length + (line[length] == '\n');
	}
	if (!*container && !*unit)
		return false;
	snprintf(ret, UNIT_NAME, "%s", *container ? container : unit);
	return true;
}
