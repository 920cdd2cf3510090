#!/usr/bin/env bats
# Leaked goroutines, beside what Go's own collector finds in the same program (goroutineleak, 1.27 on).
load common

setup_file() {
	[ -z "${TS_GUEST:-}" ] || skip 'not in guests'
}

@test "leaked goroutines are those of Go's own goroutineleak profile" {
	local dir go_root judge ours
	dir=$(bash "$BATS_TEST_DIRNAME/../go/fetch.sh" newest 2>"$T/fetch") || skip "$(tail -n 1 "$T/fetch")"
	go_root=$(echo "$dir"/usr/lib/go-*)
	GOROOT=$go_root GOTOOLCHAIN=local GO111MODULE=off GOFLAGS='' CGO_ENABLED=0 \
		GOCACHE="${THREADSCOPE_GO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/threadscope/go}/build" \
		"$go_root/bin/go" build -ldflags='-s -w' -o "$T/leaked" "$BATS_TEST_DIRNAME/../cases/go_leaked.go"
	"$T/leaked" >"$T/said" 3>&- &
	echo "$!" >>"$T/pids"
	local pid=$!
	await grep -qs '^ready' "$T/said"
	"$THREADSCOPE" snapshot --leaks --json -p "$pid" >"$T/ours"
	kill -USR1 "$pid"
	await grep -qs '^judge=' "$T/said"
	judge=$(sed -n 's/^judge=//p' "$T/said")
	[ "$judge" != none ] || skip "$("$go_root/bin/go" version) has no goroutineleak profile"
	ours=$(jq '.goroutines.leaks.leaked' "$T/ours")
	echo "judge: $judge, ours: $ours"
	jq -e '.goroutines.leaks.certain' "$T/ours"
	# A stale word on some stack may keep one or two of them; none of the others may be among them.
	[ "$ours" -le "$judge" ] && [ "$ours" -ge $((judge - 4)) ]
	jq -e '[.goroutines.groups[] | select(.leaked > 0) | .stack[].function] |
		any(startswith("main.reached")) | not' "$T/ours"
}
