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

as_jstack_says() { # LEAST-THREADS LEAST-LOCKS
	scope_well snapshot --json -p "$pid"
	jstack -l "$pid" >"$T/jstack"
	python3 "$BATS_TEST_DIRNAME/java_agreement.py" "$T/out" "$T/jstack" "$@"
}

named() {
	jcmd "$pid" Compiler.perfmap >/dev/null || skip 'this Java writes no map of its code'
	echo "/tmp/perf-$pid.map" >>"$T/maps"
}

teardown() {
	kill_all
	[ ! -e "$T/maps" ] || xargs rm -f <"$T/maps"
}

@test "compiled Java: threads, frames and locks as jstack's" {
	blocked
	as_jstack_says 20 8
	expect '.[0].threads | map(select(.name | startswith("pool-1-thread-"))) | length == 24'
}

@test "a map of its code, only from its own user" {
	blocked
	named
	chown 65534 "/tmp/perf-$pid.map"
	scope_well snapshot --json -p "$pid"
	expect '[.[0].threads[] | .stack[] | select(.module == null) | .function // "" | select(contains("("))] == []'
}

@test "Java compiled at once, with what is no longer true among it" {
	blocked -Xcomp -XX:-TieredCompilation
	as_jstack_says 20 8
}

@test "interpreted Java: every frame" {
	blocked -Xint
	as_jstack_says 20 8
}

@test "Java compiled with frame pointers" {
	blocked -XX:+PreserveFramePointer
	as_jstack_says 20 8
}

@test "other collectors, and references that are not packed" {
	local option words
	for option in -XX:+UseSerialGC -XX:+UseParallelGC -XX:+UseShenandoahGC '-XX:-UseCompressedOops -Xmx64m' \
		-XX:-UseCompressedClassPointers; do
		read -ra words <<<"$option"
		java "${words[@]}" -version >/dev/null 2>&1 || continue
		blocked "${words[@]}"
		as_jstack_says 20 6
		kill_all
		rm -f "$T/blocked"
	done
}

@test "a deadlock is one in top and snapshot, with whole names" {
	launch "$T/java.out" "$T/java.err" java "$BATS_TEST_DIRNAME/../cases/java_deadlock_read_write.java"
	pid=$launched
	await grep -q '^ready' "$T/java.out"
	as_jstack_says 4 4
	scope_well -c 2 --json -p "$pid"
	expect 'all(.[]; [.findings[] | select(.kind == "deadlock") | .tids | length] == [3])'
	expect '[.[-1].threads[] | .name] | index("transfer-between-accounts") != null'
}
