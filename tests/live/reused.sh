#!/usr/bin/env bash
# A PID that is given to another process while threadscope does not look:
# reused.sh DIR WORKLOADS alone|beside COMMAND ARGUMENT..., which prints lines and takes -p
# To be run as the first process of a PID namespace, with its /proc. The target is watched alone or beside another.
# DIR/out has what the command says, DIR/facts the numbers; the exit status is the command's.
set -eu
dir=$1 workloads=$2 how=$3
shift 3

wait_until() {
	until "$@"; do sleep 0.02; done
}

documents() { # at least N
	[ "$(wc -l <"$dir/out")" -ge "$1" ]
}

is_stopped() { # PID
	[ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat")" = T ]
}

start() { # NAME WORKLOAD OPTION...
	"$workloads/$2" --ready "$dir/$1" "${@:3}" >"$dir/$1.out" &
}

start first many_threads --threads 3
first=$! targets=$!
wait_until test -e "$dir/first"
if [ "$how" = beside ]; then
	start beside many_threads --threads 2
	targets=$first,$!
	wait_until test -e "$dir/beside"
fi
"$@" -p "$targets" >"$dir/out" 2>"$dir/err" &
watch=$!
wait_until documents 2
kill -STOP "$watch"
wait_until is_stopped "$watch"
kill -KILL "$first"
wait "$first" || :
# Until nobody else has taken the number first.
for _ in {1..100}; do
	echo $((first - 1)) >/proc/sys/kernel/ns_last_pid
	start new spawner --short 50 --stay 5
	[ "$!" -ne "$first" ] || break
	kill -KILL $!
	wait $! || :
	rm -f "$dir/new"
done
new=$!
wait_until test -e "$dir/new"
echo "{\"pid\":$first,\"new\":$new}" >"$dir/facts"
kill -CONT "$watch"
if [ "$how" = beside ]; then
	seen=$(wc -l <"$dir/out")
	wait_until documents $((seen + 4))
	kill -INT "$watch"
fi
status=0
wait "$watch" || status=$?
exit "$status"
