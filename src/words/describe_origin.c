// SPDX-License-Identifier: GPL-2.0-or-later
/* What a process is, beyond its name and number. */
#include <string.h>

#include "util/append.h"
#include "util/duration.h"
#include "words/describe.h"

#define SHOWN_COMMAND 80 /* in a line that goes on */
#define SHOWN_TITLE   28 /* in a column: "postgres: 16/main: walwriter" */

/* A command of one word is the name of the program. */
static bool says_more(const struct origin *o, const char *comm)
{
	const char *slash;

	if (!o->command || !*o->command)
		return false;
	slash = strrchr(o->command, '/');
	return strchr(o->command, ' ') || strcmp(slash ? slash + 1 : o->command, comm) != 0;
}

static bool titled_by_name(const struct process_row *p)
{
	return p->origin.titled && p->origin.command && !strncmp(p->origin.command, p->comm, strlen(p->comm));
}

char *describe_process(char dst[DESCRIBE_PROCESS], const struct process_row *p)
{
	char title[SHOWN_TITLE + 1];
	size_t used = 0;

	*title = *dst = '\0';
	if (titled_by_name(p))
		append(title, sizeof(title), &used, "%s", p->origin.command);
	used = 0;
	append(dst, DESCRIBE_PROCESS, &used, "%s", *title ? title : p->comm);
	return dst;
}

char *describe_command(char *dst, size_t size, const struct process_row *p)
{
	bool seen = titled_by_name(p) && strlen(p->origin.command) <= SHOWN_TITLE;
	size_t used = 0;

	*dst = '\0';
	if (!seen && says_more(&p->origin, p->comm))
		append(dst, size, &used, "%s", p->origin.command);
	return dst;
}

char *describe_origin(char *dst, size_t size, const struct origin *o, const char *comm)
{
	char command[SHOWN_COMMAND], age[DURATION_TEXT];
	size_t used = 0, length = 0;

	*dst = *command = '\0';
	if (says_more(o, comm)) {
		append(command, sizeof(command), &length, "%s", o->command);
		append(dst, size, &used, "\"%s\"", command);
	}
	if (o->unit)
		append(dst, size, &used, "%sin %.64s", used ? ", " : "", o->unit);
	if (o->uptime_ns)
		append(dst, size, &used, "%sup %s", used ? ", " : "",
		       duration_format(age, sizeof(age), o->uptime_ns));
	return dst;
}
