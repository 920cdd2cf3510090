#!/usr/bin/env bats
# Programs that see other files and other PIDs than threadscope does: names come from what they see.
load common

# A root of its own in $root_dir, whose C library lies elsewhere and where $T/x is the workload; on this side $T/x
# is another program. In mount and PID namespaces of its own; $pid is its PID here, $facts what it says.
contain() { # WORKLOAD OPTION...
	need unshare chroot ldd readelf
	unshare --mount --pid --fork true 2>/dev/null || skip 'no mount or PID namespaces here'
	root_dir=$T/root
	local program=$WORKLOADS/$1 interpreter
	[ -x "$program" ] || skip "$program is not built"
	interpreter=$(readelf -l "$program" | sed -n 's/.*program interpreter: \(.*\)]/\1/p')
	[ -n "$interpreter" ] || skip 'the workload is linked statically'
	mkdir -p "$root_dir$T" "$root_dir/opt/lib" "$root_dir$(dirname "$interpreter")" "$root_dir/tmp" "$root_dir/proc"
	cp -L "$interpreter" "$root_dir$interpreter"
	ldd "$program" | awk '$3 ~ /^\// { print $3 }' | xargs -I{} cp -L {} "$root_dir/opt/lib/"
	cp "$program" "$root_dir$T/x"
	cp "$WORKLOADS/convoy" "$T/x"
	facts=$root_dir$T/ready
	launch "$T/x.out" "$T/x.err" unshare --mount --pid --fork --kill-child sh -c \
		'mount -t proc proc "$1/proc" && LD_LIBRARY_PATH=/opt/lib exec chroot "$@"' sh \
		"$root_dir" "$T/x" --ready "$T/ready" "${@:2}"
	await test -e "$facts"
	pid=$(child_of "$launched")
}

names_are_right() {
	scope_well snapshot --json -p "$pid"
	silent
	equal '.[0].target.exe' "\"$T/x\""
	equal '.[0].threads | map(select(.name == "ping" or .name == "pong")) | map(.stack_end) | unique' '["complete"]'
	expect '.[0].threads[] | select(.name == "pong") | calls(["lock_second", "run_party"])' '.[0].threads[] | functions'
	expect '.[0].threads[] | select(.name == "pong") | .stack[] | select(.function == "lock_second") | .module == "'"$T/x"'"'
	expect '.[0].threads[] | select(.name == "pong") | [.stack[].module] | index("/opt/lib/libc.so.6") != null' '.[0].threads[1].stack'
	equal '.[0].locks | map(.symbol) | sort' '["mutex_ping", "mutex_pong"]'
	equal '.[0] as $d | .[0].deadlocks | length, ([.[0].tids[] as $t | $d.threads[] | select(.tid == $t) | .name] | sort)' \
		'1, ["ping", "pong"]'
	equal '[.[0].threads[].ns_tid] | sort' '[1, $w.threads[].tid] | sort'
}

@test "in a root and PID namespace of its own: names, locks and threads as they are there" {
	contain deadlock
	names_are_right
	# The names of inner functions of its C library are its own, too: those of this side, or none
	expect '.[0].threads[] | select(.name == "pong") | functions | any(. != null and test("lock"))'
	scope_well snapshot -p "$pid"
	grep -q 'DEADLOCK\|deadlock' "$T/out"
	scope_well top --json -i 200ms -c 2 -p "$pid"
	equal '.[-1].locks | map(.symbol) | sort' '["mutex_ping", "mutex_pong"]'
}

@test "in a root of its own, with program and library replaced by others since" {
	contain deadlock
	cp "$WORKLOADS/convoy" "$root_dir$T/y"
	mv "$root_dir$T/y" "$root_dir$T/x"
	cp "$WORKLOADS/convoy" "$root_dir/opt/lib/y"
	mv "$root_dir/opt/lib/y" "$root_dir/opt/lib/libc.so.6"
	names_are_right
	rm "$root_dir$T/x" "$root_dir/opt/lib/libc.so.6"
	names_are_right
}

@test "in a root and PID namespace of its own: its map of generated code by its own PID, not by this side's" {
	contain generated
	scope_well snapshot --json --no-lines -p "$pid"
	address=$(query '.[0].threads | map(select(.name == "frameless"))[0].stack[] | select(.function == null and .module == null) | .address' | tr -d '"' | head -n 1)
	[ ! -e "/tmp/perf-$pid.map" ] || skip "there is a /tmp/perf-$pid.map already"
	printf '%x 40 not_there\n' $((address & ~63)) >"/tmp/perf-$pid.map"
	printf '%x 40 made_there\n' $((address & ~63)) >"$root_dir/tmp/perf-1.map"
	scope_well snapshot --json --no-lines -p "$pid"
	rm "/tmp/perf-$pid.map"
	expect '.[0].threads | map(select(.name == "frameless"))[0] | functions | index("inner") as $i |
		.[$i:$i + 3] == ["inner", "made_there", "middle"]' '.[0].threads[] | functions'
}

@test "a link out of its root leads nowhere: names are not read from this side's files" {
	contain deadlock
	# Where its program and library were, there now are links that would lead to others if they were followed here
	ln -sf "$WORKLOADS/convoy" "$root_dir$T/x"
	ln -sf /etc/passwd "$root_dir/opt/lib/libc.so.6"
	names_are_right
}
