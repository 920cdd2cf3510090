#!/usr/bin/env bats
# Files that are written in a folder where others may write, too, with what they have put there. For another user it
# needs root, and but for exports a kernel that can be watched.

load common

setup() {
	program
	export TZ=UTC
	[ "$(id -u)" -eq 0 ] || skip 'needs root, to be another user'
	shared=$BATS_TEST_TMPDIR/shared
	mkdir -m 1777 "$shared"
	victim=$BATS_TEST_TMPDIR/victim
	echo precious >"$victim"
}

scope() { # ARGUMENT...
	status=0
	timeout -s KILL 60 "$THREADSCOPE" "$@" >"$out" 2>"$err" </dev/null 3>&- || status=$?
	cat "$err"
}

replay() {
	scope replay "$samples/convoy.facts" "$@"
}

attach() {
	scope top --json -c 1 -i 10ms -p $$ "$@"
}

take() {
	scope snapshot -p $$ "$@"
}

able() {
	"$THREADSCOPE" doctor >/dev/null 2>&1 || skip 'this kernel or its privileges do not allow it'
}

command() {
	scope top --json -i 10ms "$@" -- echo said
}

theirs() { # FILE: it belongs to somebody else
	chown -h 65534:65534 "$shared/$1"
}

# Status 1, one sentence, and neither the victim nor what lies in the folder has changed.
refuses() { # PATTERN RUN ARGUMENT...
	local before pattern=$1
	before=$(ls -liA --time-style=full-iso "$shared" "$victim")
	shift
	"$@"
	[ "$status" -eq 1 ]
	[ "$(wc -l <"$err")" -eq 1 ]
	grep -Eq "$pattern" "$err"
	[ "$(ls -liA --time-style=full-iso "$shared" "$victim")" = "$before" ]
	[ "$(cat "$victim")" = precious ]
}

# refuses_links RUN OPTION: their link, also one on the way, and their pipe, which they read.
refuses_links() {
	ln -s "$victim" "$shared/link"
	ln -s "$BATS_TEST_TMPDIR" "$shared/way"
	theirs link
	theirs way
	refuses 'symbolic link' "$1" "$2" "$shared/link"
	refuses 'symbolic link' "$1" "$2" "$shared/way/file"
	ln -s "$BATS_TEST_TMPDIR/absent" "$shared/dangling"
	theirs dangling
	refuses 'symbolic link' "$1" "$2" "$shared/dangling"
	mkfifo -m 666 "$shared/fifo"
	theirs fifo
	exec 8<>"$shared/fifo"
	refuses 'not a (regular|private) file' "$1" "$2" "$shared/fifo"
	exec 8<&-
}

# replaces RUN OPTION: what has that name is another file afterwards, and who had the old one open keeps that.
replaces() {
	echo old >"$shared/file"
	chmod 666 "$shared/file"
	exec 8<"$shared/file"
	"$1" "$2" "$shared/file"
	[ "$status" -eq 0 ]
	[ "$(cat <&8)" = old ]
	exec 8<&-
	[ "$(stat -c %u "$shared/file")" -eq 0 ]
	[ "$(head -n 1 "$shared/file")" != old ]
	[ "$(find "$shared" -name '.threadscope*')" = '' ]
}

replaces_links() { # RUN OPTION
	ln "$victim" "$shared/hard"
	"$1" "$2" "$shared/hard"
	[ "$status" -eq 0 ]
	[ "$(cat "$victim")" = precious ]
	[ "$(stat -c %h "$victim")" -eq 1 ]
}

# A link of our own on the way, or of whom the folder belongs to, is followed.
follows() { # RUN OPTION
	mkdir "$BATS_TEST_TMPDIR/real" "$shared/own"
	ln -s ../real "$shared/mine"
	"$1" "$2" "$shared/mine/file"
	[ "$status" -eq 0 ]
	[ -e "$BATS_TEST_TMPDIR/real/file" ]
	ln -s "$BATS_TEST_TMPDIR/real" "$shared/own/link"
	chown -h 65534 "$shared/own" "$shared/own/link"
	"$1" "$2" "$shared/own/link/again"
	[ "$status" -eq 0 ]
	[ -e "$BATS_TEST_TMPDIR/real/again" ]
}

@test "--pprof and --flamegraph: never through what others have put there" {
	refuses_links replay --pprof
	replaces replay --pprof
	replaces_links replay --flamegraph
	follows replay --flamegraph
	echo old >"$shared/foreign"
	theirs foreign
	replay --pprof "$shared/foreign"
	[ "$status" -eq 0 ]
	[ "$(stat -c %u "$shared/foreign")" -eq 0 ]
}

@test "--save: never through what others have put there, and for its owner alone" {
	able
	refuses_links take --save
	replaces take --save
	[ "$(stat -c %a "$shared/file")" = 600 ]
	follows take --save
	ln "$victim" "$shared/hard"
	refuses 'not a (regular|private) file' take --save "$shared/hard"
	echo old >"$shared/foreign"
	theirs foreign
	refuses 'not a (regular|private) file' take --save "$shared/foreign"
}

@test "--save: where no other file can take its place, the old one is cut" {
	able
	unshare --mount true 2>/dev/null || skip 'no mount namespaces here'
	mkdir "$BATS_TEST_TMPDIR/own"
	echo old >"$BATS_TEST_TMPDIR/own/file"
	# shellcheck disable=SC2016 # the inner shell's own words
	unshare --mount sh -c 'mount --bind "$1" "$1" && exec "$2" snapshot -p "$3" --save "$1"' sh "$BATS_TEST_TMPDIR/own/file" \
		"$THREADSCOPE" $$ >"$out" 2>"$err"
	[ ! -s "$err" ]
	[ "$(ls -A "$BATS_TEST_TMPDIR/own")" = file ]
	scope replay "$BATS_TEST_TMPDIR/own/file"
	[ "$status" -eq 0 ]
}

@test "--ready-file: created, or there already and harmless" {
	able
	refuses_links attach --ready-file
	ln "$victim" "$shared/hard"
	refuses 'not a (regular|private) file' attach --ready-file "$shared/hard"
	echo old >"$shared/foreign"
	theirs foreign
	refuses 'not a (regular|private) file' attach --ready-file "$shared/foreign"
	echo old >"$shared/file"
	attach --ready-file "$shared/file"
	[ "$status" -eq 0 ]
	[ "$(cat "$shared/file")" = old ]
	attach --ready-file "$shared/new"
	[ "$status" -eq 0 ]
	[ "$(stat -c '%a %s %u' "$shared/new")" = '644 0 0' ]
}

@test "--output: never through what others have put there" {
	able
	refuses_links command --output
	replaces command --output
	[ "$(cat "$shared/file")" = said ]
	replaces_links command --output
}
