#!/usr/bin/env bats
# Java: stacks through interpreted and compiled code, which has neither frame pointers nor call frame information.
load common

setup_file() {
	command -v javac >/dev/null || return 0
	javac -d "$BATS_FILE_TMPDIR" "$BATS_TEST_DIRNAME/../workloads/java/Blocked.java"
}

blocked() { # JAVA-OPTION...
	for tool in java javac jstack jcmd; do
		need "$tool"
	done
	launch "$T/java.out" "$T/java.err" java "$@" -cp "$BATS_FILE_TMPDIR" Blocked "$T/blocked"
	pid=$launched
	await test -e "$T/blocked"
}

as_jstack_says() { # NAMED-THREADS [interpreted]
	scope_well snapshot --json -p "$pid"
	jstack "$pid" >"$T/jstack"
	python3 "$BATS_TEST_DIRNAME/java_stacks.py" "$T/out" "$T/jstack" "$@"
}

named() {
	jcmd "$pid" Compiler.perfmap >/dev/null || skip 'this Java writes no map of its code'
	echo "/tmp/perf-$pid.map" >>"$T/maps"
}

teardown() {
	kill_all
	[ ! -e "$T/maps" ] || xargs rm -f <"$T/maps"
}

@test "compiled Java: frames and names as jstack's, names only from its own user" {
	blocked
	scope_well snapshot --json -p "$pid"
	expect '[.[0].threads[] | .stack[] | select(.module == null) | .function] | unique == [null]'
	expect '.[0].threads | map(select(.name | startswith("pool-1-thread-"))) | length == 24'
	named
	as_jstack_says 10
	chown 65534 "/tmp/perf-$pid.map"
	scope_well snapshot --json -p "$pid"
	expect '[.[0].threads[] | .stack[] | select(.module == null) | .function] | unique == [null]'
}

@test "Java compiled at once, with what is no longer true among it" {
	blocked -Xcomp -XX:-TieredCompilation
	named
	as_jstack_says 10
}

@test "interpreted Java: every frame" {
	blocked -Xint
	named
	as_jstack_says 0 interpreted
}

@test "Java compiled with frame pointers" {
	blocked -XX:+PreserveFramePointer
	named
	as_jstack_says 10
}
