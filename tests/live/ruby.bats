#!/usr/bin/env bats
# Frames of Ruby and the names of its threads, next to what Ruby itself says.
load common

setup_file() {
	[ -z "${TS_GUEST:-}" ] || skip 'not in guests'
}

here=$BATS_TEST_DIRNAME

need_ruby() {
	need ruby
	ruby -e 'exit RUBY_ENGINE == "ruby" && RUBY_VERSION.start_with?("3.1.")' || skip 'no Ruby 3.1'
}

@test "frames of Ruby are those that it has itself, and names of threads are whole" {
	need_ruby
	start_open ruby "$here/ruby_frames.rb"
	"$THREADSCOPE" snapshot --json -p "$pid" >"$T/out"
	python3 "$here/frames_check.py" "$T/said" "$T/out"
	jq -e '[.threads[] | select(.name == "a name of more than 15 bytes")] | length == 1' "$T/out"
}

@test "a process that Ruby has forked" {
	need_ruby
	start_open ruby "$here/ruby_frames.rb" fork
	"$THREADSCOPE" snapshot --json -p "$pid" >"$T/out"
	python3 "$here/frames_check.py" "$T/said" "$T/out"
}

@test "top has frames of Ruby, too" {
	need_ruby
	start_open ruby "$here/ruby_frames.rb"
	"$THREADSCOPE" top -c 1 --json -p "$pid" >"$T/out"
	tail -n 1 "$T/out" >"$T/last"
	python3 "$here/frames_check.py" "$T/said" "$T/last"
}
