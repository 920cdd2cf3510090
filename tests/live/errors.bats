#!/usr/bin/env bats
# Bad input and bad surroundings: one sentence, the right status, nothing left.
load common

nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

@test "a PID that does not exist: 3" {
	sh -c 'exit 0' &
	ended_pid=$!
	wait "$ended_pid"
	for command in top snapshot events; do
		scope "$command" -p "$ended_pid"
		fails_with 3 "$ended_pid"
	done
	scope snapshot -p 2147483647
	fails_with 3 'process.* 2147483647'
}

@test "a PID beside one that does not exist: 3" {
	hold zombie
	scope top -c 1 -p "$pid,2147483647"
	fails_with 3 2147483647
}

@test "a zombie: 3" {
	hold zombie
	for command in top snapshot events; do
		scope "$command" -p "$(fact .zombie_pid)"
		fails_with 3 zombie
	done
}

@test "a kernel thread: 3" {
	kernel_thread=$(grep -l '^PPid:[[:space:]]*2$' /proc/[0-9]*/status 2>/dev/null | head -n 1 | cut -d / -f 3)
	[ -n "$kernel_thread" ] || skip 'no kernel threads to be seen'
	for command in top snapshot events; do
		scope "$command" -p "$kernel_thread"
		fails_with 3 'kernel'
	done
}

@test "threadscope's own PID: works, or 2 and a sentence" {
	for command in 'snapshot --json' 'top --json -c 2 -i 50ms'; do
		status=0
		timeout "$limit" bash -c 'exec "$0" $1 -p $$' "$THREADSCOPE" "$command" >"$T/out" 2>"$T/err" || status=$?
		has_status 0 2
		[ "$status" -eq 0 ] || says
		[ "$status" -ne 0 ] || jq -e . "$T/out" >/dev/null
	done
}

@test "a PID that ends while being attached: 0 or 3, never worse" {
	for i in $(seq "$(amount 60 12)"); do
		"$WORKLOADS/spawner" --short 30 --stay 0 --stop / >/dev/null 3>&- &
		pid=$!
		case $((i % 3)) in
		0) scope snapshot --json -p "$pid" ;;
		1) scope top --json -i 10ms -c 3 -p "$pid" ;;
		2) scope events --json -p "$pid" ;;
		esac
		has_status 0 3
		[ "$status" -eq 0 ] || says
		wait "$pid"
	done
}

@test "a PID that ends at any moment of attaching: 0 or 3, never worse" {
	for i in $(seq "$(amount 40 10)"); do
		sleep "0.0$((i % 10))$((i / 10))" 3>&- &
		pid=$!
		scope snapshot --json -p "$pid"
		has_status 0 3
		[ "$status" -eq 0 ] || says
		wait "$pid"
	done
}

@test "no privileges: 4" {
	need setpriv
	status=0
	nobody test -x "$THREADSCOPE" || skip 'nobody cannot reach the program'
	for command in 'snapshot -p 1' 'top -c 1' 'top -c 1 -p 1' 'events -p 1'; do
		status=0
		# shellcheck disable=SC2086 # words
		nobody timeout "$limit" "$THREADSCOPE" $command >"$T/out" 2>"$T/err" || status=$?
		echo "$command"
		fails_with 4 'root|sudo|CAP_|privileges'
	done
}

@test "no privileges, own process: 4" {
	need setpriv
	nobody test -x "$THREADSCOPE" || skip 'nobody cannot reach the program'
	launch /dev/null /dev/null setpriv --reuid 65534 --regid 65534 --clear-groups sleep 1000
	await grep -q '^Uid:.65534' "/proc/$launched/status"
	status=0
	nobody timeout "$limit" "$THREADSCOPE" snapshot -p "$launched" >"$T/out" 2>"$T/err" || status=$?
	fails_with 4 'not allowed'
}

@test "no privileges: doctor says so" {
	need setpriv
	nobody test -x "$THREADSCOPE" || skip 'nobody cannot reach the program'
	status=0
	nobody timeout "$limit" "$THREADSCOPE" doctor --json >"$T/out" 2>"$T/err" || status=$?
	has_status 0 4
	expect 'any(.[0].checks[]; .state == "missing" and (.remedy | test("root|sudo|CAP_")))'
}

@test "a kernel without BTF: 4" {
	need unshare
	for place in "/boot/vmlinux-$(uname -r)" "/lib/modules/$(uname -r)/"{vmlinux-"$(uname -r)",build/vmlinux,kernel/vmlinux} \
		"/usr/lib/debug/"{boot/,lib/modules/"$(uname -r)"/}vmlinux*; do
		[ ! -e "$place" ] || skip "BTF is in $place, too"
	done
	hold zombie
	status=0
	timeout "$limit" unshare --mount sh -c 'mount -t tmpfs none /sys/kernel/btf && exec "$@"' sh \
		"$THREADSCOPE" top -c 1 -p "$pid" >"$T/out" 2>"$T/err" || status=$? # the kernel itself relocates what a snapshot loads
	# a first look may have worked
	has_status 4
	says 'BTF'
}

@test "a missing tracefs is no obstacle" {
	need unshare
	prepare spawner --short 200 --stay 5
	launch "$T/out" "$T/err" unshare --mount sh -c '
		for d in /sys/kernel/tracing /sys/kernel/debug; do
			[ ! -d "$d" ] || mount -t tmpfs none "$d" || exit 99
		done
		exec "$@"' sh "$THREADSCOPE" top --json -i 100ms -p "$pid" --ready-file "$T/attached"
	ts_pid=$launched
	await attached_or_ended
	[ -e "$T/attached" ] || {
		cat "$T/err"
		return 1
	}
	go
	finish
	equal '.[-1] | process | [.created_total, .exited_total]' '[205, 200]'
}

# bats test_tags=alone
@test "after an error nothing is left in the kernel" {
	[ -d /sys/fs/bpf ] || skip 'no /sys/fs/bpf'
	remember_bpf
	scope snapshot -p 2147483647
	has_status 3
	scope top --json -c 1 -i 10ms --ready-file "$T/no/such/place"
	has_status 1 2
	nothing_left
}
