#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What it takes to see 100,000 goroutines, beside Go's own ways and a debugger: prints Markdown tables. Needs root.
#   goroutines.sh            all tables
#   goroutines.sh TABLE...   some of: time count million
#
#   THREADSCOPE  the program (build/threadscope)
#   WORKLOADS    where the workloads are (build/tests)
#   BENCH_RUNS   runs a row (5), in turn
set -euo pipefail
# shellcheck source=tests/bench/common.bash
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"
runs=${BENCH_RUNS:-5}

start() { # OPTION...: go_many; PID in $workload, its port in $port
	rm -f "$T/ready"
	"$many" --ready "$T/ready" "$@" >/dev/null &
	workload=$!
	await test -e "$T/ready"
	port=$(jq -r '.port // empty' "$T/ready")
}

# The workload is stripped, and delve wants debug information: where there is a compiler, one with it for all.
build_plain() {
	local source=$root/tests/workloads/go
	if GO111MODULE=off GOFLAGS='' CGO_ENABLED=0 go build -o "$T/many" "$source/many.go" "$source/workload.go" 2>/dev/null; then
		many=$T/many
	fi
}

# ---- the tools ----

TOOLS=(groups full json debug1 debug2)

set_command() { # TOOL: into $command, what is typed in it into $input
	input=
	local url="http://127.0.0.1:$port/debug/pprof/goroutine"
	case $1 in
	groups) command=("$THREADSCOPE" snapshot --goroutines -p "$workload") ;;
	full) command=("$THREADSCOPE" snapshot --goroutines=full -p "$workload") ;;
	json) command=("$THREADSCOPE" snapshot --json -p "$workload") ;;
	debug1) command=(curl -sf "$url?debug=1") ;;
	debug2) command=(curl -sf "$url?debug=2") ;;
	delve) command=(dlv attach "$workload" --allow-non-terminal-interactive) input=$'goroutines\nexit\nn\n' ;;
	esac
}

label() { # TOOL
	case $1 in
	groups) echo 'threadscope snapshot --goroutines' ;;
	full) echo 'threadscope snapshot --goroutines=full' ;;
	json) echo 'threadscope snapshot --json' ;;
	debug1) echo 'pprof, debug=1 (counts only)' ;;
	debug2) echo 'pprof, debug=2' ;;
	delve) echo 'delve, attach, goroutines' ;;
	esac
}

# ---- figures ----

largest() {
	sort -n | tail -n 1
}

column() { # TOOL N
	awk -v n="$2" '{ print $n }' "$T/$1"
}

late() { # the longest time between two ticks since the last call, and that without waiting for a CPU, ms
	curl -sf "http://127.0.0.1:$port/late"
}

resident() { # of the target, its peak since the last call, MiB
	awk '/^VmHWM/ { print $2 / 1024 }' "/proc/$workload/status"
	echo 5 >"/proc/$workload/clear_refs"
}

run_command() { # prints "wall_ms cpu_ms peak_mib"
	python3 - "$input" "${command[@]}" <<'EOF'
import os, subprocess, sys, tempfile, time
null, errors = open(os.devnull, "w"), tempfile.TemporaryFile("w+")
began = time.monotonic()
child = subprocess.Popen(sys.argv[2:], stdout=null, stderr=errors, stdin=subprocess.PIPE)
child.stdin.write(sys.argv[1].encode())
child.stdin.close()
_, status, used = os.wait4(child.pid, 0)
wall = time.monotonic() - began
if status:
    errors.seek(0)
    sys.exit(f"{sys.argv[2]} failed: {errors.read()}")
print(wall * 1e3, (used.ru_utime + used.ru_stime) * 1e3, used.ru_maxrss / 1024)
EOF
}

measure() { # TOOL: appends "wall_ms cpu_ms peak_mib late_ms stopped_ms target_mib"
	local before
	set_command "$1"
	late >/dev/null
	resident >/dev/null
	before=$(resident)
	echo "$(run_command) $(late) $(awk -v a="$before" -v b="$(resident)" 'BEGIN { print b - a }')" >>"$T/$1"
}

row() { # TOOL
	local own=$1
	case $1 in debug*) own= ;; esac # curl's own figures say nothing
	printf '| %s | %.0f | %s | %s | %.1f | %.1f | %.0f |\n' "$(label "$1")" "$(column "$1" 1 | median)" \
		"${own:+$(column "$1" 2 | median | awk '{ printf "%.0f", $1 }')}" \
		"${own:+$(column "$1" 3 | largest | awk '{ printf "%.0f", $1 }')}" \
		"$(column "$1" 4 | largest)" "$(column "$1" 5 | largest)" "$(column "$1" 6 | largest)"
}

bench_time() {
	local i tool
	printf '\n(g) 100,000 goroutines that wait in a receive; longest time between two ticks of 200 us in the target\n\n'
	printf '| command | ms | ms of CPU | peak MiB | longest tick, ms | without run-queue time, ms | target grows, MiB |\n'
	printf '|---|---|---|---|---|---|---|\n'
	build_plain
	start --count 100000 --serve --tick
	rm -f "${TOOLS[@]/#/$T/}" "$T/idle"
	for ((i = 0; i < runs; i++)); do
		late >/dev/null
		sleep 1
		late >>"$T/idle"
		for tool in "${TOOLS[@]}"; do
			measure "$tool"
		done
	done
	printf '| nothing, for 1 s | | | | %.1f | %.1f | |\n' "$(column idle 1 | largest)" "$(column idle 2 | largest)"
	if command -v dlv >/dev/null && [ "$many" = "$T/many" ]; then
		measure delve
		TOOLS+=(delve)
	fi
	for tool in "${TOOLS[@]}"; do
		row "$tool"
	done
	stop
}

bench_count() {
	printf '\n(h) Counting each second for 20 s: all that threadscope top -p needs\n\n'
	printf '| goroutines | of one core | resident, MiB |\n|---|---|---|\n'
	for count in 10 100000; do
		start --count "$count"
		"$THREADSCOPE" top -p "$workload" --json -c 21 >"$T/top"
		# the first interval is that of the start
		jq -s -r --arg n "$count" '.[1:] | [(map(.cost.cpu_ns) | add) / (map(.interval_ns) | add) * 100, .[-1].cost.rss_bytes / 1048576] |
			"| \($n) | \(.[0] * 1000 | round / 1000) % | \(.[1] * 10 | round / 10) |"' "$T/top"
		stop
	done
}

bench_million() {
	local tool
	printf '\n(i) A million goroutines\n\n| | s | s of CPU | peak MiB |\n|---|---|---|---|\n'
	start --count 1000000
	for tool in groups full; do
		set_command "$tool"
		run_command | awk -v label="$(label "$tool")" '{ printf "| %s | %.1f | %.1f | %.0f |\n", label, $1 / 1e3, $2 / 1e3, $3 }'
	done
	stop
}

main() {
	local tables=("$@") t
	[ ${#tables[@]} -gt 0 ] || tables=(time count million)
	[ "$(id -u)" -eq 0 ] || die 'needs root'
	[ -x "$THREADSCOPE" ] || die "$THREADSCOPE is missing: build it first"
	if [ ! -x "$WORKLOADS/go_many" ]; then
		echo "goroutines.sh: no Go workloads here, so no tables"
		exit 0
	fi
	T=$(mktemp -d)
	many=$WORKLOADS/go_many
	trap '[ -z "${workload:-}" ] || kill -KILL "$workload" 2>/dev/null || :; rm -rf "$T"' EXIT
	trap 'exit 130' INT TERM
	echo "Linux $(uname -r), $(nproc) CPUs, medians of $runs runs; of ticks and memory the largest"
	for t in "${tables[@]}"; do
		declare -F "bench_$t" >/dev/null || die "no table '$t' (time count million)"
		"bench_$t"
	done
}

main "$@"
