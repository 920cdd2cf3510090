// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/mounts.h"

#include <stdlib.h>
#include <string.h>

/* \040 and the like: space, tab, newline, backslash. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++, to++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' &&
		    s[3] <= '7') {
			*to = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + s[3] - '0');
			s += 3;
		} else {
			*to = *s;
		}
	}
	*to = '\0';
}

bool mount_line__parse(char *line, struct mount_line *ret)
{
	char *word, *save = NULL, *type = strstr(line, " - ");
	int field = 0;

	*ret = (struct mount_line){0};
	if (type) {
		*type = '\0';
		type += 3;
		type[strcspn(type, " ")] = '\0';
		ret->type = type;
	}
	for (word = strtok_r(line, " ", &save); word && field < 5;
	     word = strtok_r(NULL, " ", &save), field++) {
		if (field == 0) {
			ret->id = (unsigned)strtoul(word, NULL, 10);
		} else if (field == 2) {
			char *colon;

			ret->dev_major = (unsigned)strtoul(word, &colon, 10);
			ret->dev_minor = *colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
		} else if (field == 3 || field == 4) {
			unescape(word);
			*(field == 3 ? &ret->root : &ret->place) = word;
		}
	}
	return field == 5;
}

const char *path_below(const char *path, const char *root)
{
	size_t n = strlen(root);

	if (n && root[n - 1] == '/')
		n--;
	if (strncmp(path, root, n) || (path[n] && path[n] != '/'))
		return NULL;
	return path + n + strspn(path + n, "/");
}
