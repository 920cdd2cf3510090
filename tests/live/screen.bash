# shellcheck shell=bash
# A full-screen view in a real terminal (tmux): its keys, and what is on it.

sessions=0

session() { # COLUMNS ROWS COMMAND...: in a shell, whose prompt is left behind it
	local columns=$1 rows=$2
	shift 2
	command -v tmux >/dev/null || skip 'tmux is not installed'
	tmux_socket=$T/tmux$((sessions += 1))
	tmux -S "$tmux_socket" -f /dev/null new-session -d -x "$columns" -y "$rows" \
		"export LC_ALL=C.UTF-8 TERM=${TERM_IN_IT:-screen-256color} PS1='shell\$ '; cd '$T'; exec bash --norc -i"
	tmux -S "$tmux_socket" display-message -p '#{pane_pid}' >>"$T/pids"
	shows 'shell\$'
	command_line "stty -a >before; $*; echo ended with \$?"
}

command_line() {
	tmux -S "$tmux_socket" send-keys -l "$1"
	tmux -S "$tmux_socket" send-keys Enter
}

teardown() {
	[ -z "${tmux_socket:-}" ] || tmux -S "$tmux_socket" kill-server 2>/dev/null || :
	[ -z "${saved:-}" ] || rm -rf "$saved"
	kill_all
}

keys() {
	tmux -S "$tmux_socket" send-keys "$@"
}

screen() {
	tmux -S "$tmux_socket" capture-pane -p
}

has() {
	screen | grep -Eq -- "$1"
}

# Now, not some time: it is already there.
has_now() {
	has "$1" || {
		screen
		return 1
	}
}

has_not() {
	[ "$(screen | grep -Ec -- "$1")" -eq 0 ]
}

shows() {
	await has "$1" || {
		screen
		return 1
	}
}

shows_no() {
	await has_not "$1" || {
		screen
		return 1
	}
}

# The viewer of the session: the child of its shell.
viewer() {
	pgrep -P "$(tmux -S "$tmux_socket" display-message -p '#{pane_pid}')" -x threadscope
}
