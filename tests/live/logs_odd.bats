#!/usr/bin/env bats
# Calls that no logger should make: each counts for what it is, and for nothing else.
load common

counts() { # NAME: writes, bytes, errors, short writes, torn lines of a file, of the process itself
	echo "[.[].files[] | select(.pid == \$pid and .path == \"$T/$1\") | [.writes, .bytes, .errors, .short_writes, .torn_lines]] |
		transpose | map(add)"
}
last() { # NAME FIELD
	echo "[.[].files[] | select(.pid == \$pid and .path == \"$T/$1\")] | last | $2"
}

@test "empty, huge, scattered, refused and shared writes: each is counted once, where it belongs" {
	prepare odd_calls --path "$T"
	trace logs --json -i 200ms -n 'odd_calls'
	go
	await gone "$(fact .child)"
	finish
	valid logs-1
	equal "$(counts bad.log)" '[6, 0, 2, 0, 0]'
	equal "[.[].files[] | select(.path == \"$T/bad.log\") | .errors_by.other] | add" 2
	equal "$(counts huge.log) | .[:4]" '[1, $w.huge, 0, 0]'
	# whole pages: when they are there (a report may come before), nothing is said of its lines
	equal "$(last huge.log .torn_lines)" null
	equal "$(counts parts.log)" '[1, 5120, 0, 0, 0]'
	equal "$(counts dup.log)" '[9, 36, 0, 0, 0]'
	equal "$(last dup.log .fd)" 900
	equal "$(counts a.log)" '[50, 100, 0, 0, 0]'
	equal "$(counts b.log)" '[50, 250, 0, 0, 0]'
	equal "$(last synced.log '[.append, .writers, .total.fsyncs.count, .unsynced_writes, .unsynced_bytes]')" '[true, 1, 1, 1, 4]'
	equal "$(last sync.log '[.sync_flag, .unsynced_writes]')" '["O_SYNC", 0]'
	equal "$(last dsync.log '[.sync_flag, .unsynced_writes]')" '["O_DSYNC", 0]'
	equal "$(last some.log '[.sync_flag, .unsynced_writes, .unsynced_bytes]')" '[null, 1, 4]'
	equal "$(last rwf.log '[.sync_flag, .unsynced_writes, .unsynced_bytes]')" '[null, 0, 0]'
	equal "$(counts shared.log)" '[10, 70, 0, 0, 0]'
	equal "[.[].files[] | select(.pid == \$w.child and .path == \"$T/shared.log\") | [.writes, .bytes]] | transpose | map(add)" '[20, 120]'
	expect 'no_losses' 'map(.lost)'
	expect 'all(.[].findings[]; .kind != "torn-lines" and .kind != "overwrites")' 'map(.findings)'
}

@test "what is not open for writing is an error of the process, and of what it leads to if anything" {
	prepare odd_calls --path "$T"
	trace top --json -i 200ms -p "$pid"
	go
	finish
	# 2 in bad.log, 4 to what is not open for it
	equal 'total(process | .writes.errors)' 6
	equal "[.[].files[] | select(.path == \"$T\") | .errors] | add // 0" '2'
}

written_or_gone() {
	[ -s "$T/old.log" ] || gone "$pid"
}

@test "a 32-bit program: that its writes are not seen is said, not that there are none" {
	need as ld
	cat >"$T/old.s" <<-'END'
		.globl _start
		_start:	mov $4, %eax
			mov $1, %ebx
			mov $line, %ecx
			mov $5, %edx
			int $0x80
			mov $162, %eax
			mov $time, %ebx
			xor %ecx, %ecx
			int $0x80
			jmp _start
		.data
		line:	.ascii "line\n"
		time:	.long 0, 20000000
	END
	as --32 -o "$T/old.o" "$T/old.s" && ld -m elf_i386 -o "$T/old" "$T/old.o" || skip 'no 32-bit code can be made here'
	launch "$T/old.log" /dev/null "$T/old"
	pid=$launched
	await written_or_gone
	[ -s "$T/old.log" ] || skip 'this kernel runs no 32-bit code'
	scope_well logs --json -i 100ms -c 2 -p "$pid"
	valid logs-1
	equal 'map(.unseen) | unique' '[[{pid: $pid, comm: "old", why: "32-bit code"}]]'
	scope_well top --json -i 100ms -c 2 -p "$pid"
	valid interval-1
	equal '[.[] | process | .writes_seen] | unique' '[false]'
	scope_well logs -i 100ms -c 1 -p "$pid"
	grep -q "not counted: writes and syncs of old ($pid), which runs 32-bit code" "$T/out"
	! grep -q 'no writes' "$T/out" || false
}

@test "processes one after the other with the same PID: what they write adds up" {
	prepare same_pid --path "$T/the.log" --rounds "$(amount 400 100)"
	trace top --json -i 100ms -n one-of-many
	go
	await documents $(($(wc -l <"$T/out") + 2))
	finish
	valid interval-1
	# One that begins while a reading is taken may be missed.
	expect '[total(.files[] | select(.path == $w.path) | .writes), total(.processes[] | .writes.count)] |
		all(. <= $w.writes and . > $w.writes / 2)' 'map([.processes, .files])'
}
