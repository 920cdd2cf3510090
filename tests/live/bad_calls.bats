#!/usr/bin/env bats
# Stacks below a call through a bad pointer: the caller is there, or the stack is said to be truncated.
load common

crashed() { # COMPILER FLAGS
	[ "$(uname -m)" = x86_64 ] || skip 'made of x86_64 instructions'
	need "$1"
	# shellcheck disable=SC2086 # several words
	"$1" $2 -g -pthread -o "$T/bad_calls" "$root/tests/cases/bad_calls.c"
	launch "$T/bad_calls.out" "$T/bad_calls.err" "$T/bad_calls"
	pid=$launched
	await grep -qx ready "$T/bad_calls.out"
	scope snapshot --json -p "$pid"
	silent
	for name in null data wild; do
		expect ".[0].threads[] | select(.name == \"$name\") | .stack_end == \"complete\" and
			calls([\"report_crash\", \"on_segv\"]) and calls([\"call_$name\", \"run_$name\"]) and
			(functions | index(\"call_$name\") - index(\"on_segv\") == 3)" \
			".[0].threads[] | select(.name == \"$name\") | .stack_end, functions"
	done
	equal '.[0].threads[] | select(.name == "null") | .stack | map(.address) | index("0x0")' \
		'.[0].threads[] | select(.name == "null") | functions | index("call_null") - 1'
	expect '.[0].threads[] | select(.name == "broken") | .stack_end == "truncated" and .stack[-1].address == "0x0"' \
		'.[0].threads[] | select(.name == "broken") | .stack_end, functions'
}

@test "gcc -O2" {
	crashed gcc -O2
}

@test "gcc -O0" {
	crashed gcc -O0
}

@test "clang -O2" {
	crashed clang -O2
}

@test "musl" {
	crashed musl-gcc -O2
}

@test "static" {
	crashed gcc '-Os -static'
}
