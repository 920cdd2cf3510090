#!/usr/bin/env bats
# Flame graphs over time: what is wide on the page against what the workload and the kernel say was waited.
load common

page() { # FILE: its data to $T/page
	sed -n 's|.*<script id="data"[^>]*>\(.*\)</script>.*|\1|p' "$1" >"$T/page"
	[ -s "$T/page" ]
}

# Passes if the filter is true of the page; $docs: the documents in $T/out, $w: what the workload says.
holds() { # FILTER
	local got
	got=$(jq -c --slurpfile docs "$T/out" --slurpfile facts "$facts" "$definitions"'
		. as $page | $facts[0] as $w |
		(($docs[-1].time | epoch_ns) - ($docs[0].time | epoch_ns)) as $period_ns | $page |
		def threads_at(name): [. as $d | .nodes[] | select($d.names[.[1]] == name) | .[2]] | add // 0;
		def ns_at(name): [. as $d | .nodes[] | select($d.names[.[1]] == name) | .[3]] | add // 0;
		'"$1" "$T/page") || :
	[ "$got" = true ] || {
		echo "not true of the page: $1 ($got)"
		head -c 3000 "$T/page"
		return 1
	}
}

@test "three snapshots of a convoy: each waiter waited all the time, and replay draws the same page" {
	hold convoy --mode sleep --threads 5
	scope_well snapshot --json -c 3 -i 400ms --flamegraph "$T/f" --save "$T/saved" -p "$pid"
	silent
	page "$T/f"
	holds '[.snapshots, .by] == [3, 1] and $period_ns > 790000000'
	holds 'ns_at("[mutex log_mutex]") / ($w.waiters * $period_ns) | . > 0.98 and . < 1.02'
	holds 'ns_at("flush_log") / $period_ns | . > 0.98 and . < 1.02'
	holds 'threads_at("[mutex log_mutex]") == 3 * $w.waiters'
	# the main thread does nothing
	holds '.nodes[0][2] == 3 * ($w.waiters + 1) and (.left_out | startswith("1.0 of 7.0 threads"))'
	equal '[.[-1].findings[].summary]' "$(jq -c '[.findings[][2]]' "$T/page")"
	"$THREADSCOPE" replay --flamegraph "$T/g" "$T/saved" >/dev/null
	cmp "$T/f" "$T/g"
}

@test "threads that compute and have no CPU do not wait, however many they are" {
	hold spinners --threads "$((2 * $(nproc) + 2))" --waiters 3
	scope_well snapshot --json -c 3 -i 500ms --flamegraph "$T/f" -p "$pid"
	page "$T/f"
	holds 'ns_at("[mutex spin_mutex]") / (3 * $period_ns) | . > 0.98 and . < 1.02'
	# what their time slices leave over, not the time without a CPU, which is more than half of theirs
	holds '(ns_at("outer_loop") + ns_at("[wait not sampled]")) / $period_ns < 0.3'
}

# Of the only napper, read while it sleeps: the kernel adds up its times on a CPU and for one as they end.
# To $1_ns and $1_busy.
napper_sleeps() { # NAME
	local task=/proc/$pid/task/$napper before after cpu delay state
	before=$(<"$task/schedstat")
	printf -v "$1_ns" '%s' "$(date +%s%N)"
	read -r _ _ state _ <"$task/stat"
	after=$(<"$task/schedstat")
	[ "$state" = S ] && [ "$before" = "$after" ] || return 1
	read -r cpu delay _ <<<"$after"
	printf -v "$1_busy" '%s' "$((cpu + delay))"
}

# What was waited between the snapshots is at most what was waited around them, and less by at most the time
# outside, however busy the machine is.
@test "a thread that computes and sleeps in turn: what was waited is what the kernel counts" {
	hold spinners --threads 1 --nappers 1 --nap 20000
	scope_well snapshot --json -p "$pid"
	napper=$(query '.[0].threads[] | select(.name == "napper") | .tid')
	await napper_sleeps from
	scope_well snapshot --json -c 4 -i 1s --flamegraph "$T/f" --tid "$napper" -p "$pid"
	await napper_sleeps to
	page "$T/f"
	waited=$((to_ns - from_ns - (to_busy - from_busy)))
	echo "the kernel: waited $waited of $((to_ns - from_ns)) ns"
	holds '$period_ns > 2900000000'
	# 2 ms: counts and clocks are read one after the other
	outside="($((to_ns - from_ns)) - \$period_ns)"
	holds ".nodes[0][3] <= $waited + 2e6 and .nodes[0][3] >= $waited - $outside - 2e6"
}

@test "the demo service: the lock behind the log, by name, and why, on top of the page" {
	mkdir "$T/logs"
	launch /dev/null "$T/service" "$WORKLOADS/demo-service" "$T/logs"
	pid=$launched
	facts=$T/none
	echo null >"$facts"
	shown() {
		scope snapshot --json -c 5 -i 100ms --flamegraph "$T/f" -p "$pid" && page "$T/f" &&
			holds '(ns_at("[mutex log_mutex]") > 0) and any(.findings[]; .[2] | contains("log_mutex"))'
	}
	await shown
	holds 'ns_at("[mutex log_mutex]") <= .nodes[0][3]'
	folded() {
		scope snapshot --folded -c 5 -i 100ms --by off-cpu -p "$pid" &&
			grep -q ';log_line;.*;\[mutex_log_mutex\] [0-9]*$' "$T/out"
	}
	await folded
}
