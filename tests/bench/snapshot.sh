#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a snapshot takes, beside gdb and eu-stack: prints Markdown tables. Needs root.
#   snapshot.sh            all tables
#   snapshot.sh TABLE...   some of: time stop
#
#   THREADSCOPE  the program (build/threadscope)
#   WORKLOADS    where the workloads are (build/tests)
#   BENCH_RUNS   runs a row (5), in turn
set -euo pipefail
# shellcheck source=tests/bench/common.bash
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"
runs=${BENCH_RUNS:-5}

start() { # NAME OPTION...: the workload; PID in $workload
	rm -f "$T/ready"
	"$WORKLOADS/$1" --ready "$T/ready" "${@:2}" >/dev/null &
	workload=$!
	await test -e "$T/ready"
}

# ---- the tools ----

TOOLS=(threadscope json gdb eu-stack)

set_command() { # TOOL PID: into $command
	case $1 in
	threadscope) command=("$THREADSCOPE" snapshot -p "$2") ;;
	json) command=("$THREADSCOPE" snapshot --json -p "$2") ;;
	gdb) command=(gdb -nx -batch -p "$2" -ex 'thread apply all bt') ;;
	eu-stack) command=(eu-stack -p "$2") ;;
	esac
}

label() { # TOOL
	case $1 in
	threadscope) echo 'threadscope snapshot -p' ;;
	json) echo 'threadscope snapshot --json -p' ;;
	gdb) echo "gdb -batch -p, 'thread apply all bt'" ;;
	eu-stack) echo 'eu-stack -p' ;;
	esac
}

installed() { # TOOL
	case $1 in
	threadscope | json) [ -x "$THREADSCOPE" ] ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# ---- figures ----

measure() { # TOOL PID: appends "wall_ms cpu_ms peak_kib"
	set_command "$@"
	python3 - "$T/$1" "${command[@]}" <<'EOF'
import os, subprocess, sys, time
null = open(os.devnull, "w")
began = time.monotonic()
child = subprocess.Popen(sys.argv[2:], stdout=null, stderr=null)
_, _, used = os.wait4(child.pid, 0)
wall = time.monotonic() - began
with open(sys.argv[1], "a") as out:
    print(wall * 1e3, (used.ru_utime + used.ru_stime) * 1e3, used.ru_maxrss, file=out)
EOF
}

column() { # TOOL N: median of that column
	awk -v n="$2" '{ print $n }' "$T/$1" | median
}

time_rows() { # THREADS
	local i tool gdb=
	start many_threads --threads "$1"
	rm -f "${TOOLS[@]/#/$T/}"
	for ((i = 0; i < runs; i++)); do
		for tool in "${TOOLS[@]}"; do
			! installed "$tool" || measure "$tool" "$workload"
		done
	done
	stop
	! installed gdb || gdb=$(column gdb 1)
	for tool in "${TOOLS[@]}"; do
		if ! installed "$tool"; then
			echo "| $1 | $(label "$tool") | not installed | | | |"
			continue
		fi
		printf '| %s | %s | %.0f | %s | %.0f | %.0f |\n' "$1" "$(label "$tool")" "$(column "$tool" 1)" \
			"$(awk -v gdb="${gdb:-0}" -v own="$(column "$tool" 1)" 'BEGIN { if (gdb) printf "**1/%.0f**", gdb / own }')" \
			"$(column "$tool" 2)" "$(column "$tool" 3 | awk '{ print $1 / 1024 }')"
	done
}

bench_time() {
	printf '\n(e) Threads that wait for a mutex: every stack, start to end\n\n'
	printf '| threads | command | ms | ratio to gdb | ms of CPU | peak MiB |\n|---|---|---|---|---|---|\n'
	for threads in 100 2000 10000; do
		time_rows "$threads"
	done
}

# ---- is the target stopped? ----

gap() { # FIELD...: largest since the last call, ms
	rm -f "$T/gaps"
	kill -USR1 "$workload"
	await test -e "$T/gaps"
	jq -r "[.$1, .$2] | map(. / 1e6) | @tsv" "$T/gaps"
}

# The gaps while $2 snapshots are taken, or none for as long as the last tool took.
stop_row() { # LABEL TOOL TIMES
	local i began
	began=$(date +%s%N)
	gap gap_ns stopped_ns >/dev/null
	if [ "$2" = none ]; then
		sleep "$3"
	else
		set_command "$2" "$workload"
		for ((i = 0; i < $3; i++)); do
			"${command[@]}" >/dev/null 2>&1
		done
	fi
	gap gap_ns stopped_ns | awk -v label="$1" -v s="$((($(date +%s%N) - began) / 1000000))" \
		'{ printf "| %s | %.2f | %.2f | %.1f |\n", label, $1, $2, s / 1000 }'
}

bench_stop() {
	printf '\n(f) A thread that reads the clock in a loop, beside 2,000 others: longest time between two readings\n\n'
	printf '| meanwhile | ms | without run-queue time, ms | duration, s |\n|---|---|---|---|\n'
	start ticking --threads 2000 --gaps "$T/gaps"
	stop_row 'nothing' none 2
	stop_row '20 x threadscope snapshot' threadscope 20
	stop_row 'nothing' none 2
	stop_row '20 x threadscope snapshot --json' json 20
	! installed eu-stack || stop_row 'eu-stack' eu-stack 1
	! installed gdb || stop_row 'gdb' gdb 1
	stop
}

main() {
	local tables=("$@") t
	[ ${#tables[@]} -gt 0 ] || tables=(time stop)
	[ "$(id -u)" -eq 0 ] || die 'needs root'
	[ -x "$THREADSCOPE" ] || die "$THREADSCOPE is missing: build it first"
	[ -x "$WORKLOADS/ticking" ] || die "$WORKLOADS/ticking is missing: build the tests first"
	T=$(mktemp -d)
	trap '[ -z "${workload:-}" ] || kill -KILL "$workload" 2>/dev/null || :; rm -rf "$T"' EXIT
	trap 'exit 130' INT TERM
	echo "Linux $(uname -r), $(nproc) CPUs, medians of $runs runs"
	for t in "${tables[@]}"; do
		declare -F "bench_$t" >/dev/null || die "no table '$t' (time stop)"
		"bench_$t"
	done
}

main "$@"
