#!/usr/bin/env bats
# The program without shared libraries (make static): what it is, and that it works where nothing is installed.
load common

setup() {
	THREADSCOPE=$root/build/threadscope-static
	[ -x "$THREADSCOPE" ] || skip "$THREADSCOPE is not built"
	: >"$T/pids"
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	need unshare chroot readelf
	unshare --mount true 2>/dev/null || skip 'no mount namespaces here'
}

# A root for programs, with /proc and /sys; `enter FOLDER PROGRAM ARGUMENT...` becomes the program in there.
make_root() { # FOLDER
	mkdir -p "$1/proc" "$1/sys" "$1/tmp"
	cp "$THREADSCOPE" "$1/threadscope"
	# shellcheck disable=SC2016 # the inner shell's own words
	enter=(unshare --mount sh -c 'mount --rbind /proc "$1/proc" && mount --rbind /sys "$1/sys" && exec chroot "$@"' sh)
}

# As `scope`, in there.
scope_in() { # FOLDER ARGUMENT...
	status=0
	timeout -s KILL "$limit" "${enter[@]}" "$1" /threadscope "${@:2}" >"$T/out" 2>"$T/err" </dev/null 3>&- || status=$?
}

# Of the workload that runs: every stack whole, the locks named, each owner known.
is_the_deadlock() {
	has_status 0
	silent
	equal '.[0].deadlocks | length' 1
	equal '.[0].threads | map(select(.name == "ping" or .name == "pong")) | map(.stack_end) | unique' '["complete"]'
	equal '.[0].locks | map(.symbol) | sort' '["mutex_ping", "mutex_pong"]'
}

@test "static: it asks for no interpreter and no library, and says what it cannot do" {
	readelf -lW "$THREADSCOPE" >"$T/segments"
	[ "$(grep -c INTERP "$T/segments")" -eq 0 ]
	readelf -dW "$THREADSCOPE" >"$T/dynamic"
	[ "$(grep -c NEEDED "$T/dynamic")" -eq 0 ]
	scope_well --version
	grep -Eqx 'threadscope [0-9.]+ \(static, without debuginfod\)' "$T/out"
	scope_well doctor --json
	expect '.[0].checks | map(select(.name == "debug servers" and .state == "fallback")) | length == 1'
}

@test "static: in an empty root, snapshot and top of a process outside" {
	hold deadlock
	make_root "$T/empty"
	scope_in "$T/empty" snapshot --json -p "$pid"
	is_the_deadlock
	scope_in "$T/empty" top --json -i 100ms -c 3 -p "$pid"
	has_status 0
	equal '.[-1].locks | map(.symbol) | sort' '["mutex_ping", "mutex_pong"]'
}

@test "static: in a root with musl, snapshot of a process there" {
	[ -x "$WORKLOADS/many_threads-musl-shared" ] || skip 'musl-gcc is not installed'
	make_root "$T/musl"
	mkdir "$T/musl/lib"
	cp -L /lib/ld-musl-*.so.1 "$T/musl/lib/"
	cp "$WORKLOADS/many_threads-musl-shared" "$T/musl/many_threads"
	facts=$T/musl/tmp/ready
	launch "$T/musl.out" "$T/musl.err" "${enter[@]}" "$T/musl" /many_threads --ready /tmp/ready --threads 5 --stacks 2
	pid=$launched
	await test -e "$facts"
	scope_in "$T/musl" snapshot --json -p "$pid"
	has_status 0
	silent
	equal '.[0].threads | length' 6
	equal '[.[0].threads[].stack_end] | unique' '["complete"]'
	equal '.[0].target.exe' '"/many_threads"'
}
