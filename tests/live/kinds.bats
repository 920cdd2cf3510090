#!/usr/bin/env bats
# What each thread waits for: one in each kind of wait, with glibc and with musl linked in.
load common

# A comparison is of lists with a row for each thread that the workload has: one that is missing leaves its row short.
each_kind() { # WORKLOAD
	hold "$1"
	[ "$(fact '.waits | length')" -ge 35 ]
	scope_well snapshot --json -p "$pid"
	silent
	valid snapshot-1
	# beside them its main thread, two that hold locks, and one to be joined
	equal '.[0].threads | length' '[$w.waits[]] | length + 4'
	equal '[.[0].threads[] | .tid] | unique | length' '[$w.waits[]] | length + 4'
	equal ".[0] as \$d | $(rows true '.name, .wait.kind')" "$(expected true '.key, .value.kind')"
	# lock: address, symbol and waiters; a lock that is waited for in two ways has two
	equal ".[0] as \$d | $(rows .address '.tid as $t | $d.locks[.wait.lock // 100000] | .address, .symbol, (.waiters | index($t) != null)')" \
		"$(expected .address '.value.address, .value.lock, true')"
	# owner: as the library notes it, else none
	equal ".[0] as \$d | $(rows true '.wait.blocked_by, $d.locks[.wait.lock // 100000].owner_tid')" \
		"$(expected true '.value.owner_tid, .value.owner_tid')"
	equal ".[0] as \$d | $(rows '.address == null and .kind != "join"' '.wait.lock')" \
		"$(expected '.address == null and .kind != "join"' null)"
}

rows() { # CONDITION ON THE WORKLOAD'S ENTRY, FILTER ON THREAD: what threadscope says, an array for each thread
	echo "[\$w.waits | to_entries[] | select(.value | $1) | . as \$e | [.key, (\$d.threads[] | select(.tid == \$e.value.tid) | $2)]]"
}

expected() { # CONDITION FILTER ON THE WORKLOAD'S ENTRY
	echo "[\$w.waits | to_entries[] | select(.value | $1) | [.key, ($2)]]"
}

# bats test_tags=matrix,arm64
@test "every kind of wait with glibc: its kind, lock and owner" {
	each_kind waits
}

@test "every kind of wait with musl: its kind, lock and owner" {
	each_kind waits-musl
}

locks_in_top() { # a lock's start, and the variable that it is in
	[ "$(fact '.waits | length')" -ge 35 ]
	equal ".[-1] as \$d | $(rows .address '$d.locks[.wait.lock // 100000] | .address, .symbol')" \
		"$(expected .address '.value.address, .value.lock')"
	expect '.[-1].locks | group_by(.address) | all(length == 1)' '.[-1].locks | map(.address)'
}

# bats test_tags=matrix
@test "top: locks begin where they do in a snapshot, also on the heap" {
	hold waits
	scope_well top --json -i 200ms -c 2 -p "$pid"
	locks_in_top
}

@test "top: locks of musl, whose waiters wait on words on their stacks" {
	hold waits-musl
	scope_well top --json -i 200ms -c 2 -p "$pid"
	locks_in_top
}

# bats test_tags=alone
@test "top: locks of waits that begin after attach" {
	for workload in waits waits-musl; do
		trace top --json -i 200ms -n "$workload"
		hold "$workload"
		before=$(wc -l <"$T/out")
		await documents $((before + 4))
		finish
		sed -i '$d' "$T/out" # cut short
		locks_in_top
		kill -KILL "$pid"
		await gone "$pid"
	done
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
