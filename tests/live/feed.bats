#!/usr/bin/env bats
# The process that collects for a screen, and what a screen gets of it, without the screen.
load common

# feed ARGUMENTS...: feed_follow on them; its output in $T/feed, wishes go to descriptor 7, $collector is the other.
feed() {
	[ -x "$WORKLOADS/feed_follow" ] || skip 'feed_follow is not built'
	mkfifo "$T/wishes"
	env --default-signal=HUP,INT,QUIT "$WORKLOADS/feed_follow" "$@" <"$T/wishes" >"$T/feed" 2>"$T/feed.err" 3>&- &
	follower=$!
	echo "$follower" >>"$T/pids"
	exec 7>"$T/wishes"
	await grep -q '^collector' "$T/feed"
	collector=$(sed -n 's/^collector //p' "$T/feed")
	echo "$collector" >>"$T/pids"
}

says() {
	grep -q "$1" "$T/feed"
}

# Moments of intervals, after the first look, if any.
moments() {
	grep -c '^moment [0-9]* interval [1-9]' "$T/feed"
}

at_least() {
	[ "$(moments)" -ge "$1" ]
}

zombie_or_gone() {
	case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in '' | Z*) return 0 ;; esac
	return 1
}

@test "samples of a target arrive, a first look before them" {
	hold many_threads --threads 20
	feed -p "$pid" -i 50ms
	await at_least 5
	says '^moment 1 interval 0 processes 1 threads 21'
	says '^state running'
	echo quit >&7
	await gone "$follower"
	await gone "$collector"
	says '^closed'
}

@test "another interval takes effect" {
	hold many_threads --threads 20
	feed -p "$pid" -i 1h
	await says '^moment 1 interval 0'
	echo 'interval 20000000' >&7
	await at_least 3
	says '^wish 0'
}

@test "a snapshot comes on request, beside the samples" {
	hold many_threads --threads 20
	feed -p "$pid" -i 50ms
	await at_least 1
	echo "snapshot $pid" >&7
	await says "^snapshot $pid threads 21"
	before=$(moments)
	await at_least $((before + 2))
}

@test "what is saved of the moments kept can be replayed" {
	hold many_threads --threads 20
	feed -p "$pid" -i 50ms
	await at_least 3
	echo "save $T/kept" >&7
	await says '^saved 0'
	run "$THREADSCOPE" replay --json "$T/kept"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -ge 3 ]
}

@test "the end of the target is told with its signal" {
	hold many_threads --threads 20
	feed -p "$pid" -i 100ms
	await at_least 2
	kill -KILL "$pid"
	await says '^state over'
	says "^message many_threads ($pid) ended: killed by SIGKILL"
	await zombie_or_gone "$collector"
}

@test "a target that does not exist is told" {
	feed -p 4194000
	await says '^state over'
	says '^message no such process: 4194000'
}

@test "a collector that is killed is told, and does not end the screen" {
	hold many_threads --threads 20
	feed -p "$pid" -i 50ms
	await at_least 2
	kill -KILL "$collector"
	await says '^state broken'
	says '^message the collector has died'
	kill -0 "$follower"
}

@test "a collector that is stopped is silent, and goes on" {
	hold many_threads --threads 20
	feed -p "$pid" -i 50ms
	await at_least 2
	kill -STOP "$collector"
	await says '^state silent'
	kill -CONT "$collector"
	await eval '[ "$(grep ^state "$T/feed" | tail -n 1)" = "state running" ]'
}

@test "no collector outlives its screen" {
	hold many_threads --threads 20
	feed -p "$pid" -i 50ms
	await at_least 1
	kill -KILL "$follower"
	await gone "$collector"
	kill -0 "$pid"
}

skipped() { # intervals so far
	sed -n 's/^skipped //p' "$T/feed" | tail -n 1 | grep . || echo 0
}

switches() { # of the collector: at least one per interval that it wakes for
	awk '/^voluntary/ {print $2}' "/proc/$collector/status"
}

# 100 samples of 500 threads are more than the pipe has room for.
@test "a screen that is stopped does not stop the collector, and hears how many intervals it missed" {
	hold many_threads --threads 500
	feed -p "$pid" -i 10ms
	await at_least 5
	before=$(awk '/VmRSS/ {print $2}' "/proc/$collector/status")
	kill -STOP "$follower"
	n=$(moments)
	missed=$(skipped)
	from=$(switches)
	await eval '[ "$(switches)" -ge $((from + 1000)) ]'
	after=$(awk '/VmRSS/ {print $2}' "/proc/$collector/status")
	kill -CONT "$follower"
	await eval '[ "$(skipped)" -ge $((missed + 40)) ]'
	await at_least $((n + 60))
	[ "$after" -lt $((before + 20000)) ]
}

# Of a finished file: one that is still written may grow as fast as a busy machine reads it.
recorded() { # FILE: its intervals
	"$THREADSCOPE" replay --json "$1" 2>/dev/null | wc -l
}

@test "a record has the intervals that a stopped screen misses" {
	hold many_threads --threads 500
	feed -p "$pid" -i 10ms --save "$T/record"
	await at_least 2
	kill -STOP "$follower"
	missed=$(skipped)
	from=$(switches)
	await eval '[ "$(switches)" -ge $((from + 1000)) ]'
	kill -CONT "$follower"
	await eval '[ "$(skipped)" -ge $((missed + 40)) ]'
	echo quit >&7
	await gone "$collector"
	[ "$(recorded "$T/record")" -ge $(($(moments) + $(skipped))) ]
}

@test "the first interval of a record has its base line" {
	hold many_threads --threads 20
	feed -p "$pid" -i 50ms --save "$T/record"
	await at_least 3
	echo quit >&7
	await gone "$collector"
	run "$THREADSCOPE" replay --json "$T/record"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -ge 3 ]
	[ "$(jq -r .watched_ns <<<"${lines[0]}")" = "$(jq -r .interval_ns <<<"${lines[0]}")" ]
}

@test "a file that --save may not write ends it with the reason" {
	hold many_threads --threads 20
	ln -s record "$T/link"
	feed -p "$pid" --save "$T/link"
	await says '^state over'
	says '^message cannot save to .*symbolic link'
}
