#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# From nothing to threadscope on a small service that leaks threads, contends on a lock and logs to disk.
# On a terminal: the full-screen view until q. Without one: three intervals and a snapshot.
set -eu
cd "$(dirname "$0")/.."

sh scripts/deps.sh build
make -s all build/tests/demo-service

dir=$(mktemp -d /var/tmp/demo.XXXXXX) # /tmp may be in memory, where a sync takes no time
service=
cleanup() {
	[ -z "$service" ] || kill "$service" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

root=
if [ "$(id -u)" != 0 ]; then
	root=sudo
fi

build/tests/demo-service "$dir" &
service=$!
while [ ! -s "$dir/service.log" ]; do
	kill -0 "$service" || { echo "threadscope: the demo service did not start" >&2; exit 1; }
	sleep 0.1
done

if [ -t 1 ] && [ -t 0 ]; then
	cat <<-'END'

	The demo service runs: eight threads write one log under a mutex, the log is
	archived again and again with the mutex held, and each connection starts a
	thread that never ends. In the view of it:
	  Enter      opens what the selected finding is about: the lock, the log, the
	             creator of the threads
	  Escape     goes back
	  2 to 7     threads, locks, logs, creators, stacks, events
	  ?          all keys
	  q          ends the demo
	END
	printf 'Press Enter to open it. '
	read -r _
	$root build/threadscope -p "$service"
else
	$root build/threadscope -p "$service" -c 3
	# The next time that it archives its log, which holds up all who want to log.
	tries=100
	until [ -e "$dir/rotating" ] || [ $((tries -= 1)) -le 0 ]; do
		sleep 0.05
	done
	sleep 0.05
	$root build/threadscope snapshot -p "$service"
fi
