#!/usr/bin/env bats
# A snapshot does not stop its target. Two judges, neither of which the load of the machine can sway:
# - a thread of the target that looks at the clock in a loop sees no gap, but for its waits for a CPU;
# - the kernel's count of context switches: a thread that is stopped, by ptrace or by a signal, is switched away from
#   (voluntarily, in the kernel's words), and one that sleeps is woken for it.
# bats file_tags=alone
load common

gap() { # in us, without time on a run queue: the largest since the last call; ticking writes it at SIGUSR1
	rm -f "$T/gaps"
	kill -USR1 "$pid"
	await test -e "$T/gaps"
	jq '.stopped_ns / 1000 | floor' "$T/gaps"
}

# "TICKER POOL": voluntary switches of the thread that ticks, all switches of those that wait for the mutex. The main
# thread is left out: it is the one that writes the gaps.
switches() {
	awk -v main="/proc/$pid/task/$pid/status" 'FILENAME == main { nextfile }
		/^Name:/ { ticks = $2 == "ticker" }
		/^voluntary_ctxt/ { if (ticks) ticker += $2 }
		/ctxt_switches/ { if (!ticks) pool += $2 }
		END { print ticker + 0, pool + 0 }' /proc/"$pid"/task/*/status
}

stopped() {
	! grep -L '^State:.T' /proc/"$pid"/task/*/status | grep -q .
}

differ() { # "TICKER POOL" "TICKER POOL": both numbers
	[ "${1% *}" -ne "${2% *}" ] && [ "${1#* }" -ne "${2#* }" ]
}

median() { # of the lines
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

@test "20 snapshots of a process of 2,000 threads do not stop a thread of it" {
	local before after usual during
	hold ticking --threads 2000 --gaps "$T/gaps"
	before=$(switches)
	for ((i = 0; i < 20; i++)); do
		gap >/dev/null
		sleep 0.05
		gap >>"$T/usual"
		scope_well snapshot -p "$pid"
		gap >>"$T/during"
	done
	after=$(switches)
	# A stop comes with each snapshot; a pause of a virtual machine or an interrupt's work, with some.
	usual=$(median <"$T/usual") during=$(median <"$T/during")
	echo "longest gap in us, median of 20: $usual usually, $during in a snapshot; switches $before before, $after after"
	[ "$during" -le $((usual + 1000)) ]
	[ "$before" = "$after" ]
	grep -q '^TracerPid:.0$' "/proc/$pid/status"
}

@test "both judges see a stop of 20 ms by a signal" {
	local before after stop
	hold ticking --threads 2000 --gaps "$T/gaps"
	before=$(switches)
	gap >/dev/null
	kill -STOP "$pid"
	await stopped
	sleep 0.02
	kill -CONT "$pid"
	stop=$(gap)
	after=$(switches)
	echo "longest gap in us: $stop; switches $before before, $after after"
	[ "$stop" -ge 20000 ]
	differ "$before" "$after"
}

@test "both judges see gdb" {
	local before after stop
	need gdb
	hold ticking --threads 2000 --gaps "$T/gaps"
	before=$(switches)
	gap >/dev/null
	gdb -nx -batch -p "$pid" -ex 'thread apply all bt' >"$T/gdb" 2>&1 || :
	stop=$(gap)
	after=$(switches)
	grep -q pthread_mutex_lock "$T/gdb" || skip 'gdb may not attach here'
	echo "longest gap in us: $stop; switches $before before, $after after"
	[ "$stop" -gt 1000 ]
	differ "$before" "$after"
}
