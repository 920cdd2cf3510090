#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The pictures in docs/picture: picture.sh screen THREADSCOPE (of the saved run, the same each time; needs tmux),
# picture.sh cast THREADSCOPE DEMO-SERVICE (records a real session; as root).
set -eu
cd "$(dirname "$0")/.."
what=$1
threadscope=$2
dir=$(mktemp -d /var/tmp/demo.XXXX) # /tmp may be in memory
service=
cleanup() {
	[ -z "$service" ] || kill "$service" 2>/dev/null || true
	tmux -S "$dir/tmux" kill-server 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# The moment in the saved run that is shown, in UTC.
moment=$(cat docs/picture/moment)

screen() {
	tmux -S "$dir/tmux" -f /dev/null new-session -d -x 110 -y 36 \
		"TZ=UTC LC_ALL=C.UTF-8 TERM=screen-256color '$threadscope' replay -i 300ms docs/picture/demo.facts"
	tries=300
	until tmux -S "$dir/tmux" capture-pane -p | head -n 1 | grep -q "$moment"; do
		[ $((tries -= 1)) -gt 0 ] || { echo "the saved run does not show $moment" >&2; exit 1; }
		sleep 0.05
	done
	tmux -S "$dir/tmux" capture-pane -p -e -N >"$dir/screen"
	python3 scripts/picture.py svg 'threadscope on a service that hangs' <"$dir/screen" >docs/picture/screen.svg.new
	mv docs/picture/screen.svg.new docs/picture/screen.svg
}

# Findings, the lock behind the first, back, the log, who creates threads, their stacks, quit.
cast() {
	mkdir "$dir/log"
	cp "$1" "$dir/demo-service" # its path is on the screen
	"$dir/demo-service" "$dir/log" &
	service=$!
	python3 scripts/picture.py cast docs/picture/demo.cast.new 'threads wait, up to' \
		"4 \\r 8 \\033 9 4 11 \\r 13 5 14 \\r 16 2 18 6 20 q" -- "$threadscope" -p "$service"
	mv docs/picture/demo.cast.new docs/picture/demo.cast
}

case $what in
screen) screen ;;
cast) cast "$3" ;;
*) echo "unknown picture: $what" >&2; exit 2 ;;
esac
