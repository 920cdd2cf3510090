#!/usr/bin/env bats
# What each thread waits for: one in each kind of wait, with glibc and with musl linked in.
load common

each_kind() { # WORKLOAD
	hold "$1"
	scope_well snapshot --json -p "$pid"
	silent
	valid snapshot-1
	equal '.[0].threads as $all | [$w.waits | to_entries[] | .key as $name | .value as $v | $all[] | select(.tid == $v.tid) |
		select(.name != $name or .wait.kind != $v.kind) | [$name, .name, .wait.kind]]' '[]'
	# lock: address, symbol and waiters; a lock that is waited for in two ways has two
	equal '.[0] as $d | [$w.waits | to_entries[] | .key as $name | .value as $v | select($v.address) | $d.threads[] |
		select(.tid == $v.tid) | .tid as $t | $d.locks[.wait.lock // 100000] |
		select(.address != $v.address or .symbol != $v.lock or (.waiters | index($t)) == null) |
		[$name, .address, .symbol, .waiters]]' '[]'
	# owner: as the library notes it, else none
	equal '.[0] as $d | [$w.waits | to_entries[] | .key as $name | .value as $v | $d.threads[] | select(.tid == $v.tid) |
		select(.wait.blocked_by != $v.owner_tid or $d.locks[.wait.lock // 100000].owner_tid != $v.owner_tid) |
		[$name, .wait.blocked_by]]' '[]'
	equal '.[0].threads as $all | [$w.waits | to_entries[] | .value as $v | select($v.address == null and $v.kind != "join") |
		$all[] | select(.tid == $v.tid and .wait.lock != null) | .name]' '[]'
}

# bats test_tags=matrix
@test "every kind of wait with glibc: its kind, lock and owner" {
	each_kind waits
}

@test "every kind of wait with musl: its kind, lock and owner" {
	each_kind waits-musl
}

# bats test_tags=matrix
@test "top: locks begin where they do in a snapshot, also on the heap" {
	hold waits
	scope_well top --json -i 200ms -c 2 -p "$pid"
	equal '.[-1] as $d | [$w.waits | to_entries[] | .key as $name | .value | select(.address and .kind != "futex") as $v | $d.threads[] |
		select(.tid == $v.tid and $d.locks[.wait.lock // 100000].address != $v.address) | $name]' '[]'
}

@test "futex_waitv: the first of its futexes, and how many there are" {
	hold waits
	[ "$(fact '.waits | has("futex-waitv")')" = true ] || skip 'this kernel has no futex_waitv'
	scope_well snapshot --json -p "$pid"
	equal '.[0].threads[] | select(.name == "futex-waitv") | .wait | [.syscall, .words]' '["futex_waitv", 2]'
	equal '[.[0].threads[] | select(.name != "futex-waitv") | .wait.words] | unique' '[null]'
	scope_well snapshot --tid "$(fact '.waits["futex-waitv"].tid')" -p "$pid"
	grep -q 'waiting for futex lock_waitv and 1 more' "$T/out"
}

@test "futex_waitv in top: the lock of its first word, from before attaching and after" {
	facts=$T/ready
	trace top --json -i 100ms -- "$WORKLOADS/waits" --ready "$facts"
	await test -e "$facts"
	pid=$(fact .pid)
	[ "$(fact '.waits | has("futex-waitv")')" = true ] || skip 'this kernel has no futex_waitv'
	tid=$(fact '.waits["futex-waitv"].tid')
	await shows "any(.threads[]?; .tid == $tid and .wait.syscall == \"futex_waitv\")"
	seen=$(wc -l <"$T/out")
	await documents $((seen + 2))
	finish
	local lock=".[-2] as \$d | \$d.threads[] | select(.name == \"futex-waitv\") | .wait | [.kind, .syscall, .words, (\$d.locks[.lock] | [.symbol, .waiters])]"
	equal "$lock" '["futex", "futex_waitv", 2, ["lock_waitv", 1]]'
	expect '.[-2] | .interval_ns as $i | .locks[] | select(.symbol == "lock_waitv") | .wait_ns | near($i; $i / 2)'
	hold waits
	scope_well top --json -i 100ms -c 3 -p "$pid"
	equal "$lock" '["futex", "futex_waitv", 2, ["lock_waitv", 1]]'
	expect '.[-2] | .interval_ns as $i | .locks[] | select(.symbol == "lock_waitv") | .wait_ns | near($i; $i / 2)'
}

@test "where in the kernel it sleeps" {
	hold waits
	scope_well snapshot --json -p "$pid"
	[ "$(query '.[0].threads | map(.kernel_stack | length) | add')" != 0 ] || skip 'this kernel shows no kernel stacks'
	expect '.[0].threads[] | select(.name == "read") | .wait.kernel_function | test("pipe")' '.[0].threads | map(.wait)'
	expect '.[0].threads | map(select(.wait.kind == "condvar") | .wait.kernel_function) | unique |
		length == 1 and (.[0] | test("futex"))' '.[0].threads | map(.wait)'
}
