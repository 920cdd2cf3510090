// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/links.h"

#include <stddef.h>

const char *link_role__name(enum link_role role)
{
	static const char *const NAMES[LINK_ROLES] = {
		[LINK_UNKNOWN_ROLE] = "unknown",
		[LINK_OWNS] = "owns-lock",
		[LINK_HOLDS_FILE] = "holds-file-lock",
		[LINK_CHILD] = "child",
		[LINK_READS] = "reads-pipe",
		[LINK_WRITES] = "writes-pipe",
		[LINK_PEER] = "socket-peer",
		[LINK_LISTENS] = "listens",
		[LINK_HOLDS_INODE] = "holds-inode-lock",
		[LINK_HOLDS_POSITION] = "holds-position-lock",
		[LINK_HOLDS_SEMAPHORE] = "holds-semaphore",
		[LINK_CHANGED_SEMAPHORE] = "changed-semaphore",
		[LINK_RECEIVES] = "receives-messages",
		[LINK_LEASES] = "holds-lease",
		[LINK_PERMITS] = "permits",
		[LINK_HOLDS_DATABASE] = "holds-database-lock",
		[LINK_AHEAD_IN_DATABASE] = "ahead-in-queue",
	};

	return (unsigned)role < LINK_ROLES ? NAMES[role] : NAMES[0];
}

bool link_role__holds_up(enum link_role role)
{
	return role == LINK_HOLDS_SEMAPHORE || role == LINK_LEASES || role == LINK_PERMITS ||
	       role == LINK_HOLDS_DATABASE || role == LINK_AHEAD_IN_DATABASE;
}

const char *link_state__name(enum link_state state)
{
	static const char *const NAMES[LINK_STATES] = {
		[LINK_STATE_UNKNOWN] = "unknown", [LINK_RUNS] = "running",  [LINK_BLOCKED] = "blocked",
		[LINK_STOPPED] = "stopped",       [LINK_TRACED] = "traced", [LINK_FROZEN] = "frozen",
		[LINK_ENDED] = "ended",           [LINK_GONE] = "gone",     [LINK_LEFT] = "left-by-fork",
		[LINK_NOBODY] = "nobody",         [LINK_ITSELF] = "itself", [LINK_REUSED] = "reused",
	};

	return (unsigned)state < LINK_STATES ? NAMES[state] : NAMES[0];
}
