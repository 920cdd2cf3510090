#!/usr/bin/env bats
# Whom a thread waits for, where the kernel has that in a different place for each way to wait.
load common

chains() { # RELATION-PAIRS: every thread's chain begins with "other", which is that to it
	expect '[.[-1].threads[] | select(.name | startswith("by-")) |
		[.name, .wait.class, .wait.chain[0].relation, .wait.chain[0].pid == $w.other, .wait.chain[0].syscall == null]] |
		sort == [["by-lease", "blocked", "holds-lease", true, false], ["by-mark", "blocked", "permits", true, false],
		["by-posix", "blocked", "reads-pipe", true, false], ["by-queue", "blocked", "receives-messages", true, false],
		["by-semaphore", "blocked", "holds-semaphore", true, false]]' \
		'[.[-1].threads[] | select(.name | startswith("by-")) | [.name, .state, .wait.class, .wait.file, .wait.chain]]'
}

snapshot_has_chains() {
	scope_well snapshot --json -p "$pid"
	chains
}

top_has_chains() {
	scope_well top --json -i 500ms -c 3 -p "$pid"
	chains
}

# bats test_tags=matrix,ends
@test "leases, fanotify, semaphores and queues: the process that a thread waits for" {
	hold askers --folder "$T"
	# chains are given up after a time, which in a guest may be short
	await snapshot_has_chains
	valid snapshot-1
	[ -z "${TS_GUEST:-}" ] || return 0
	await top_has_chains
	valid interval-1
	expect '[.[-1].findings[] | select(.kind == "stuck-thread") | .summary] | length >= 3' '.[-1].findings'
}
