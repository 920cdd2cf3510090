// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/peer_names.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "util/heap.h"

static char *process_text(uint32_t pid)
{
	char name[64], comm[32] = "";
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%u/comm", pid);
	f = fopen(name, "re");
	if (f) {
		if (!fgets(comm, sizeof(comm), f))
			comm[0] = '\0';
		fclose(f);
	}
	comm[strcspn(comm, "\n")] = '\0';
	return heap__format(*comm ? "%s (%u)" : "%sprocess %u", comm, pid);
}

/* A socket pair within one process has no other end. */
static char *local_text(const struct ts_event_file *e)
{
	size_t len = e->name_bytes < sizeof(e->name) ? e->name_bytes : sizeof(e->name);
	char name[TS_SOCKET_NAME_BYTES + 1] = "", *process = NULL, *text;

	memcpy(name, e->name, len);
	if (len && !name[0])
		name[0] = '@'; /* abstract: a NUL ends the shown part */
	if (e->peer_tgid)
		process = process_text(e->peer_tgid);
	if (!process)
		return *name ? heap__string(name) : NULL;
	text = heap__format("%s%s%s", process, *name ? " at " : "", name);
	free(process);
	return text;
}

char *peer__of_socket(const struct ts_event_file *e)
{
	char address[INET6_ADDRSTRLEN];

	if (e->family == AF_UNIX)
		return local_text(e);
	if ((e->family != AF_INET && e->family != AF_INET6) || !e->port ||
	    !inet_ntop((int)e->family, e->address, address, sizeof(address)))
		return NULL;
	return heap__format(e->family == AF_INET ? "%s:%u" : "[%s]:%u", address, e->port);
}

char *peer__of_pipe(const struct pipe_reader *r)
{
	return r->pid ? heap__format("%s (%d)%s", r->comm, (int)r->pid, r->others ? " and others" : "")
		      : NULL;
}
