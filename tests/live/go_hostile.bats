#!/usr/bin/env bats
# Programs that claim to be Go and lie, and versions that are not known: one sentence or an honest remainder,
# the threads as ever, never a crash or a hang.
load common

# The threads are shown, and why there are no goroutines is told, once by each way to ask.
refused() { # PATTERN
	scope snapshot --goroutines -p "$pid"
	fails_with 1 "cannot read the goroutines of process $pid: .*$1"
	scope snapshot --goroutines=full --json -p "$pid"
	fails_with 1 "$1"
	scope snapshot --goroutines=profile --pprof "$T/profile" -p "$pid"
	fails_with 1 "$1"
	[ ! -e "$T/profile" ]
	scope_well snapshot --json -p "$pid"
	silent
	valid snapshot-1
	expect '.[0] | (.threads | length >= 1) and .goroutines.total == 0 and .goroutines.groups == []'
	query '.[0].goroutines.problem' | grep -q "$1"
	expect '.[0].target.runtime.kind == "go"'
	query '.[0].target.runtime.version' | grep -q "${version:-go1}"
	scope_well snapshot -p "$pid"
	[ "$(grep -c "^goroutines: .*$1" "$T/out")" -eq 1 ]
}

@test "it claims to be Go: line tables that lead nowhere, longer than memory, no goroutines" {
	for lie in 'header line tables' 'slices line tables' 'variables list of goroutines was not found'; do
		read -r name sentence <<<"$lie"
		instance=.$name
		hold fake_go --lie "$name"
		refused "$sentence"
	done
	scope events --panics -d 1s -p "$pid"
	fails_with 4 'list of goroutines'
}

@test "it claims to be Go: a million goroutines that are one, each with a megabyte of nothing as its stack" {
	hold fake_go --lie goroutines
	scope_well snapshot --goroutines --json -p "$pid"
	valid snapshot-1
	expect '.[0].goroutines | .total == 1048576 and (.groups | length) == 1 and .groups[0].stack_end == "truncated"'
}

# A copy of a real program that says it is of another version; the same length, and nothing else of it looks there.
as_version() { # NAME
	[ -x "$WORKLOADS/go_many" ] || skip 'needs a Go compiler'
	local own
	own=$(env go env GOVERSION)
	[ "${#own}" -eq "${#1}" ] || skip "for Go versions with names as long as $1"
	mkdir -p "$T/w"
	sed "s/${own//./\\.}/$1/g" "$WORKLOADS/go_many" >"$T/w/go_many"
	chmod +x "$T/w/go_many"
	WORKLOADS=$T/w hold go_many --count 10
}

@test "a Go version from the future whose runtime is another one" {
	as_version go1.99.8
	scope_well snapshot --json -p "$pid"
	if [ "$(query '.[0].goroutines.problem')" = null ]; then
		# built by the newest version that is known: read by its tables, after the same tests
		expect '.[0].goroutines.total >= 11'
	else
		refused 'go1.99.8 is newer than the versions that this threadscope supports'
	fi
}

@test "a Go version that is too old" {
	as_version go1.16.8
	version=go1.16.8
	refused 'it was built with go1.16.8; only Go 1.17 and newer are supported'
}

@test "a Go version that is none" {
	as_version whatever
	version=whatever
	refused 'whatever'
}
