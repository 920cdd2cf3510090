#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Healthy servers under load: of each, all findings of severity warning and critical that `top` and `logs` report
# in that time, in text and JSON. A healthy server should have none.
#   run.sh [SECONDS [SERVER...]]   one server at a time (servers.bash), 60 s each
# The output of each command stays in build/field/SERVER; the table goes to standard output and build/field/table.md.
# Environment: THREADSCOPE, the program (build/threadscope). Needs root.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/tests/field
THREADSCOPE=$(realpath "${THREADSCOPE:-$root/build/threadscope}")
results=$root/build/field
# The distribution's programs first, and PostgreSQL's own rather than their wrappers.
for folder in /sbin /bin /usr/sbin /usr/bin /usr/lib/postgresql/*/bin; do
	PATH=$folder:$PATH
done
export LC_ALL=C PATH

# shellcheck source=SCRIPTDIR/servers.bash
. "$here/servers.bash"

await() { # COMMAND...
	local end=$((SECONDS + 120))
	until "$@" >/dev/null 2>&1; do
		if ((SECONDS > end)); then
			echo "gave up waiting for: $*" >&2
			return 1
		fi
		sleep 0.1
	done
}

listens() { # PORT
	(: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

installed() { # PROGRAM: its real path
	local found
	found=$(command -v "$1") && realpath "$found"
}

# serve PROGRAM ARGUMENT...: the server, under a name that no other process of the machine has.
serve() {
	local program
	program=$(installed "$1")
	ln -sf "$program" "$T/$name"
	start "$T/$name" "${@:2}"
}

as_user=()
start() { # COMMAND...: in the background, in a session of its own; ended with the server
	setsid "${as_user[@]}" "$@" >>"$T/log" 2>&1 </dev/null &
	started=$!
	sessions+=("$started")
}

# The load: the same again and again, until the server is ended.
repeat() { # COMMAND...
	# shellcheck disable=SC2016 # the inner shell's own words
	start bash -c 'while :; do "$@" || sleep 0.5; done' repeat "$@"
}

end_all() {
	local s
	for s in "${sessions[@]}"; do
		pkill -TERM -s "$s" 2>/dev/null || :
	done
	sleep 1
	for s in "${sessions[@]}"; do
		pkill -KILL -s "$s" 2>/dev/null || :
		wait "$s" 2>/dev/null || :
	done
	sessions=()
	[ -z "${T:-}" ] || rm -rf "$T"
}

# All four at once: what one says of a moment, the other must not deny.
watch() { # SECONDS
	local out=$results/$server_name command form pids=()
	mkdir -p "$out"
	for command in top logs; do
		for form in json txt; do
			local options=(-d "$1s")
			[ "$form" = txt ] || options+=(--json)
			"$THREADSCOPE" "$command" "${options[@]}" "${watched[@]}" >"$out/$command.$form" 2>"$out/$command.$form.err" &
			pids+=($!)
		done
	done
	wait "${pids[@]}"
}

findings() { # every finding in the two forms: COMMAND SEVERITY KIND: summary
	local out=$results/$server_name command
	for command in top logs; do
		jq -r --arg c "$command --json" '.findings[]? | select(.severity != "info") |
			"\($c) \(.severity) \(.kind): \(.summary)"' "$out/$command.json"
		sed -nE "s/^(WARNING|CRITICAL): +/$command \1: /p" "$out/$command.txt"
	done
}

row() { # VERSION SECONDS
	local out=$results/$server_name n intervals
	findings >"$out/findings"
	n=$(wc -l <"$out/findings")
	intervals=$(wc -l <"$out/top.json")
	printf '| %s | %s | %s | %s s, %s intervals | %s |\n' "$server_name" "$1" "${load_words}" "$2" "$intervals" \
		"$([ "$n" -gt 0 ] && echo "$n, see build/field/$server_name/findings" || echo none)" | tee -a "$results/table.md"
	# Equal but for their numbers: once, with how often.
	sed -E 's/0x[0-9a-f]+/ADDR/g; s/[0-9]+([.,][0-9]+)*/N/g' "$out/findings" | sort | uniq -c | sort -rn | head -n 12 | sed 's/^/    /'
	cat "$out"/*.err >&2
}

run() { # SERVER SECONDS
	server_name=$1
	name=f$$-$1 name=${name:0:15} # the kernel keeps so much; another run has other servers
	T=$(mktemp -d /tmp/field.XXXXXX)
	chmod 755 "$T"
	sessions=() as_user=() watched=(-n "$name") load_words='' port=$((20000 + RANDOM % 10000))
	if ! installed "$(needs_"$1")" >/dev/null; then
		echo "| $1 | not installed | | | |"
	elif "start_$1" && "load_$1"; then
		sleep 3 # not its first moments
		watch "$2"
		row "$("version_$1" 2>&1 | head -n 1)" "$2"
	else
		echo "$1 did not start:" >&2
		tail -n 5 "$T/log" >&2
	fi
	end_all
}

[ "$(id -u)" -eq 0 ] || { echo 'run.sh: needs root' >&2; exit 1; }
seconds=${1:-60}
shift || :
mkdir -p "$results"
trap end_all EXIT
sessions=()
[ $# -gt 0 ] || set -- "${servers[@]}"
for s in "$@"; do
	run "$s" "$seconds"
done
