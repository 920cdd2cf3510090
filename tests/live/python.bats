#!/usr/bin/env bats
# Frames of Python, the GIL's holder and locks, next to what the interpreter itself and gdb's py-bt say.
load common

setup_file() {
	[ -z "${TS_GUEST:-}" ] || skip 'not in guests'
}

here=$BATS_TEST_DIRNAME

# The interpreters of this machine whose structures are known.
pythons() {
	local p
	for p in python3 /usr/bin/python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python3; do
		"$p" -c 'import sys; sys.exit(not (3, 8) <= sys.version_info < (3, 14))' 2>/dev/null && echo "$p"
	done | sort -u
}

@test "frames of Python are those that the interpreter has itself, in each version" {
	need python3
	for python in $(pythons); do
		start_open "$python" -X utf8 "$here/python_frames.py"
		"$THREADSCOPE" snapshot --json -p "$pid" >"$T/out"
		python3 "$here/frames_check.py" "$T/said" "$T/out" || { echo "$python"; return 1; }
		kill_all
	done
}

@test "a process that Python has forked" {
	need python3
	start_open python3 -X utf8 "$here/python_frames.py" fork
	"$THREADSCOPE" snapshot --json -p "$pid" >"$T/out"
	python3 "$here/frames_check.py" "$T/said" "$T/out"
}

@test "top has frames of Python, too" {
	need python3
	start_open python3 -X utf8 "$here/python_frames.py"
	"$THREADSCOPE" top -c 1 --json -p "$pid" >"$T/out"
	tail -n 1 "$T/out" >"$T/last"
	python3 "$here/frames_check.py" "$T/said" "$T/last"
}

@test "gdb's py-bt has the same frames, and takes five times as long at least" {
	need gdb
	start_open /usr/bin/python3 -X utf8 "$here/python_frames.py"
	run_gdb -ex 'help py-bt' | grep 'python frame' >/dev/null || skip "gdb has no py-bt for /usr/bin/python3"
	local before=$EPOCHREALTIME between after
	run_gdb -ex 'thread apply all py-bt' >"$T/gdb"
	between=$EPOCHREALTIME
	"$THREADSCOPE" snapshot --json -p "$pid" >"$T/out"
	after=$EPOCHREALTIME
	python3 "$here/python_frames_gdb.py" "$T/gdb" >"$T/truth"
	python3 "$here/frames_check.py" "$T/truth" "$T/out" --names
	awk -v a="$before" -v b="$between" -v c="$after" 'BEGIN { print b - a, c - b; exit !((c - b) * 5 < b - a) }'
}

run_gdb() {
	gdb -batch -nx -iex 'set auto-load safe-path /' -p "$pid" "$@" 2>/dev/null
}
