#!/usr/bin/env bats
# The kernel's lockdown, which only a boot ends: in a guest of its own, on request.
#   tests/kernels/run.sh --only 6.1 -- tests/live/lockdown.bats
load common

lock_down() { # LEVEL
	[ -n "${TS_GUEST:-}" ] || skip 'only in a guest: lockdown cannot be undone'
	[ -w /sys/kernel/security/lockdown ] || skip 'this kernel has no lockdown'
	grep -q "\[$1\]" /sys/kernel/security/lockdown || echo "$1" >/sys/kernel/security/lockdown
	grep -q "\[$1\]" /sys/kernel/security/lockdown
}

commands() {
	printf '%s\n' "snapshot -p $pid" "top -c 1 -i 50ms -p $pid" "logs -c 1 -i 50ms -p $pid" "events -d 50ms -p $pid"
}

@test "lockdown integrity: everything works" {
	lock_down integrity
	hold convoy
	while read -r command; do
		# shellcheck disable=SC2086 # words
		scope $command
		echo "$command"
		has_status 0
		[ "$(grep -vc '^threadscope: .* events; lost' "$T/err")" -eq 0 ]
	done < <(commands)
	scope snapshot --json -p "$pid"
	expect '.[0].locks | any(.owner_tid != null)'
	scope doctor --json
	has_status 0
	equal '.[0].checks | map(select(.state == "missing"))' '[]'
}

@test "lockdown confidentiality: said so, also by doctor" {
	lock_down confidentiality
	hold convoy
	while read -r command; do
		# shellcheck disable=SC2086 # words
		scope $command
		echo "$command"
		fails_with 4 'lockdown in confidentiality mode'
	done < <(commands)
	scope doctor --json
	has_status 4
	expect 'any(.[0].checks[]; .name == "kernel memory" and .state == "missing" and (.reason | test("lockdown")))'
	expect '[.[0].checks[].reason] | any(test("this kernel lacks it")) | not'
}
