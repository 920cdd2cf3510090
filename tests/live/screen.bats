#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The full-screen view in a real terminal (tmux): reached by keys, answering them, and put away as it was found.

load common
load screen

screen_pid() { # the first of its processes
	pgrep -o -f -- "^$THREADSCOPE (-i [0-9a-z]+ )?-p $pid\$"
}

@test "from the first screen to the lock, its owner and its waiters with two keys" {
	hold convoy
	session 120 40 "$THREADSCOPE" -p "$pid"
	shows '! .* threads wait.*log_mutex'
	keys 3 # its finding may be the first or the second one
	shows 'log_mutex.*held by log-wr'
	keys Enter
	shows 'held by log-writer'
	shows 'WAITERS \([0-9]+\)'
	shows "OWNER'S STACK"
	keys Escape
	shows '^Enter '
	keys q
	shows 'ended with 0'
}

@test "from the first screen to the circle of a deadlock with one key" {
	hold deadlock
	session 80 24 "$THREADSCOPE" -p "$pid"
	shows '!! deadlock of 2 threads'
	keys Enter
	shows 'again: a deadlock'
	keys q
	shows 'ended with 0'
}

@test "views by number, rows by arrows, equal threads unfold, a filter and help" {
	hold convoy
	session 120 40 "$THREADSCOPE" -p "$pid"
	shows 'FINDINGS'
	keys 2
	shows '▸ .* × '
	keys Down Right
	shows '▾ .* × '
	shows '│'
	keys Left
	shows_no '│.*\('
	keys / f l u s h
	shows 'show rows with: flush'
	shows_no ' × '
	keys Escape
	shows ' × '
	keys '?'
	shows 'KEYS'
	keys Escape
	shows_no 'KEYS'
	keys q
	shows 'ended with 0'
}

@test "the terminal is as it was: after q, SIGTERM, and a crash" {
	hold convoy
	for end in q TERM SEGV; do
		session 100 30 "$THREADSCOPE" -p "$pid"
		shows 'FINDINGS'
		has_not 'shell\$'
		if [ "$end" = q ]; then
			keys q
		else
			kill -"$end" "$(screen_pid)"
		fi
		shows 'ended with'
		command_line 'stty -a >after; cmp before after && echo the same modes'
		shows '^the same modes'
		[ "$(tmux -S "$tmux_socket" display-message -p '#{alternate_on} #{cursor_flag} #{mouse_any_flag}')" = '0 1 0' ]
		tmux -S "$tmux_socket" kill-server
	done
}

@test "a smaller terminal is drawn at once, and a job that was stopped comes back" {
	hold convoy
	session 120 40 "$THREADSCOPE" -i 1h -p "$pid"
	shows 'FINDINGS'
	tmux -S "$tmux_socket" resize-window -x 80 -y 24
	shows '^Enter open.*quit'
	[ "$(screen | wc -l)" -eq 24 ]
	tmux -S "$tmux_socket" resize-window -x 30 -y 6
	shows 'too small'
	tmux -S "$tmux_socket" resize-window -x 100 -y 30
	shows 'FINDINGS'
	keys C-z
	shows 'Stopped'
	command_line 'fg; echo ended again with $?'
	shows 'FINDINGS'
	keys q
	shows 'ended again with 0'
}

@test "a collector that dies is said, and another one is started by a key" {
	hold convoy
	session 120 40 "$THREADSCOPE" -i 200ms -p "$pid"
	shows 'FINDINGS \([1-9]\)'
	viewer=$(screen_pid)
	first=$(collector_of "$viewer")
	kill -KILL "$first"
	shows 'R restarts it'
	shows 'FINDINGS \([1-9]\)' # what was there stays
	keys R
	shows_no 'R restarts it'
	shows 'FINDINGS \([1-9]\)'
	second=$(collector_of "$viewer")
	[ "$second" != "$first" ]
	kill -KILL "$viewer"
	await gone "$second"
}

recorded() { # FILE: its intervals
	"$THREADSCOPE" replay --json "$1" | jq -r '.processes[0].pid' | grep -cx "$pid"
}

@test "each collector has a record of its own: FILE, and FILE.2 of the one that a key started" {
	hold convoy
	echo old >"$T/record.2"
	session 120 40 "$THREADSCOPE" -i 100ms --save "$T/record" -p "$pid"
	shows 'own cost' # of the first interval
	viewer=$(viewer)
	first=$(collector_of "$viewer")
	kill -KILL "$first"
	shows 'R restarts it'
	[ "$(cat "$T/record.2")" = old ]
	cp "$T/record" "$T/record.then"
	keys R
	shows "save goes on in $T/record.2"
	await eval '[ "$(stat -c %s "$T/record.2")" -gt 2000 ]'
	shows 'own cost'
	keys q
	shows 'ended with 0'
	cmp "$T/record" "$T/record.then"
	[ "$(recorded "$T/record")" -ge 1 ]
	[ "$(recorded "$T/record.2")" -ge 1 ]
	[ "$(stat -c %a "$T/record.2")" = 600 ]
}

@test "the end of the process is said, and the last state stays" {
	hold convoy
	session 120 40 "$THREADSCOPE" -i 200ms -p "$pid"
	shows 'own cost' # of the first interval: the probes are attached
	keys i 1 h Enter # no interval ends while its threads do
	shows '^Enter '
	kill -KILL "$pid"
	shows '^LAST STATE .*convoy \([0-9]+\) killed by SIGKILL'
	has_now '  10 threads'
	has_now 'FINDINGS \([1-9]'
	has_now 'threads wait.*log_mutex'
	keys 2
	shows '8 × worker|worker.*8'
	keys q
	shows 'ended with 0'
}

@test "what was not synced when the process was killed stays on the screen" {
	prepare file_writer --path "$T/the.log" --writes 105 --fsync-every 10
	session 120 40 "$THREADSCOPE" -i 200ms -p "$pid"
	shows 'own cost'
	go
	keys 4
	shows '600 B in 5 writes'
	kill -KILL "$pid"
	shows '^LAST STATE .* killed by SIGKILL'
	keys 1
	shows 'was killed by SIGKILL with 600 B in 5 writes to'
	keys q
	shows 'ended with 0'
}

@test "text blocks where a screen cannot be: TERM dumb, unknown, --batch, a pipe" {
	hold convoy
	for term in dumb no-such-terminal; do
		TERM_IN_IT=$term session 120 40 "$THREADSCOPE" -c 1 -i 100ms -p "$pid"
		shows 'ended with 0'
		shows 'lost: nothing'
		tmux -S "$tmux_socket" kill-server
	done
	session 120 40 "$THREADSCOPE" --batch -c 1 -i 100ms -p "$pid"
	shows 'ended with 0'
	shows 'lost: nothing'
	tmux -S "$tmux_socket" kill-server
	session 120 40 "$THREADSCOPE" -c 1 -i 100ms -p "$pid" '|' cat
	shows 'ended with 0'
	shows 'lost: nothing'
}

@test "without colours, and in ASCII where the locale has no more" {
	hold convoy
	TERM_IN_IT=vt100 session 100 30 NO_COLOR=1 LC_ALL=C "$THREADSCOPE" -p "$pid"
	shows 'FINDINGS'
	keys 2
	shows '[+] .* x '
	screen >"$T/shown"
	[ "$(grep -cP '[^\x00-\x7f]' "$T/shown")" -eq 0 ]
	keys q
	shows 'ended with 0'
}

@test "no such process: the usual sentence, and no screen" {
	session 100 30 "$THREADSCOPE" -p 999999999
	shows 'no such process: 999999999'
	shows 'ended with 3'
}

@test "keys typed at the view do not land in the shell" {
	hold convoy
	session 100 30 "$THREADSCOPE" -c 2 -i 300ms -p "$pid"
	shows 'FINDINGS'
	keys j k j k
	shows 'ended with 0'
	command_line 'echo nothing else'
	shows '^nothing else'
	has_not 'jkjk'
}

@test "a saved run plays, stands, steps and jumps, without privileges" {
	command -v setpriv >/dev/null || skip 'needs setpriv'
	saved=$(mktemp -d /tmp/saved.XXXXXX) # bats's own folders are closed to others
	cp "$root/tests/samples/deadlock-top.facts" "$saved/run.facts"
	chmod 755 "$saved" && chmod 644 "$saved/run.facts"
	setpriv --reuid 65534 --clear-groups test -x "$THREADSCOPE" || skip 'another user cannot reach the program'
	session 120 40 setpriv --reuid 65534 --clear-groups "$THREADSCOPE" replay -i 200ms "$saved/run.facts"
	shows '!! deadlock of 2 threads'
	shows 'end of the file'
	keys '['
	shows 'PAUSED'
	keys Enter
	shows 'again: a deadlock'
	keys q
	shows 'ended with 0'
}

open_events() { # returns when its probes are attached
	shows 'FINDINGS'
	keys "$(screen | grep -Eo '[0-9] events' | cut -c 1)"
	shows 'no event yet'
}

@test "events come as they happen, one opens to its stack, and a pause holds them" {
	prepare file_writer --path "$T/the.log" --writes 20 --fsync-every 10
	session 140 40 "$THREADSCOPE" --slow-write 1ns -p "$pid"
	open_events
	go
	shows "fsync +file_writer .*fsync\\($T/the.log\\) took "
	shows '[0-9]+ events'
	keys Home / f s y n c '(' Enter
	shows_no ' write\('
	keys Home Enter
	shows '^STACK'
	shows ' 0  .*fsync'
	keys Escape
	shows_no '^STACK'
	keys Space
	shows 'PAUSED'
	keys q
	shows 'ended with 0'
}

@test "events: only waits of at least --min-wait, and writes of at least --slow-write" {
	for least in 1us 1h; do
		prepare handoff --rounds 5 --hold-ms 30
		session 140 40 "$THREADSCOPE" --min-wait "$least" --slow-write "$least" -p "$pid"
		open_events
		go
		shows ' thread-create '
		stop_workload
		shows ' thread-exit |process-end'
		if [ "$least" = 1h ]; then
			has_not 'futex-wait'
		else
			shows 'futex-wait .*log_mutex'
		fi
		keys q
		shows 'ended with 0'
		tmux -S "$tmux_socket" kill-server
	done
}
