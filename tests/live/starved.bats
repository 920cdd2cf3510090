#!/usr/bin/env bats
# Threads that are runnable and get no CPU, by the kernel's own account.
# bats file_tags=alone
load common

teardown() {
	kill_all
	[ -z "${group:-}" ] || [ ! -d "$group/below" ] || rmdir "$group/below" "$group"
}

finding='(.findings[] | select(.kind == "cpu-starved"))'

delay() { # TID: ns that it was runnable without a CPU; of a wait in flight nothing
	awk '{ print $2 }' /proc/"$pid"/task/"$1"/schedstat
}

clock() { # ns
	awk '{ printf "%.0f\n", $1 * 1000000000 }' /proc/uptime
}

# The spinner that holds spin_mutex was without a CPU for so much of the time between two looks that an interval
# between them must say so.
watch_owner() {
	trace top --json -i 500ms -p "$pid"
	await documents 1
	owner=$(query '.[-1].locks[] | select(.symbol == "spin_mutex") | .owner_tid')
	from=$(delay "$owner") start=$(clock)
	await documents 7
	to=$(delay "$owner") end=$(clock)
	finish
	echo "TID $owner: $((to - from)) ns of $((end - start))"
	[ $((to - from)) -gt $(((end - start) * 6 / 10)) ]
	expect "any(.[] | $finding; .pid == \$pid and .tids[0] == $owner and .severity == \"warning\" and
		(.summary | test(\"^spinner .* without a CPU for .*3 threads wait for mutex spin_mutex, which it holds\")))" \
		"map($finding)"
	valid interval-1
}

# Not in the kernel matrix: with the time slices of its guests the kernel's own account, which counts a wait when
# it ends, has nothing to compare with for seconds.
@test "the owner of a lock beside others on its CPU" {
	cpu=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
	for instance in 1 2 3 4; do
		hold spinners
		taskset -acp "$cpu" "$pid" >"$T/affinity"
	done
	instance=
	hold spinners --waiters 3
	taskset -acp "$cpu" "$pid" >"$T/affinity"
	watch_owner
	scope_well top -i 500ms -c 2 -p "$pid"
	grep -Eq '^WARNING: +spinner .* was runnable without a CPU for ' "$T/out"
}

# The first hierarchy with a CPU controller: version 1, or 2 that lets it be used below its root.
# bats test_tags=matrix,ends
@test "a quota of its cgroup that was used up: which one, how much, how often" {
	group=$(awk '$3 == "cgroup" && $4 ~ /(^|,)cpu(,|$)/ { print $2; exit }' /proc/mounts)
	[ -n "$group" ] || group=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -n "$group" ] || skip 'there is no cgroup hierarchy here'
	[ ! -e "$group/cgroup.controllers" ] || echo +cpu >"$group/cgroup.subtree_control" ||
		skip 'this cgroup hierarchy has no CPU controller'
	group=$group/threadscope-quota.$$
	mkdir -p "$group/below" || skip 'no cgroup can be made'
	[ -e "$group/cpu.stat" ] || skip 'this cgroup hierarchy has no CPU controller'
	hold spinners --threads 2 --waiters 3
	echo "$pid" >"$group/below/cgroup.procs"
	if [ -e "$group/cpu.max" ]; then
		echo '10000 50000' >"$group/cpu.max"
	else
		echo 50000 >"$group/cpu.cfs_period_us"
		echo 10000 >"$group/cpu.cfs_quota_us"
	fi
	before=$(awk '$1 == "nr_throttled" { print $2 }' "$group/cpu.stat")
	watch_owner
	after=$(awk '$1 == "nr_throttled" { print $2 }' "$group/cpu.stat")
	limit_words="its cgroup threadscope-quota.$$ may use 0.20 CPUs and was throttled in [0-9]+ of [0-9]+ periods of 50 ms"
	expect "any(.[] | $finding; .summary | test(\"$limit_words\"))" "map($finding)"
	# no more than the kernel counted
	expect "[.[] | $finding | .summary | capture(\"throttled in (?<n>[0-9]+) of\") | .n | tonumber] | add <= $after - $before"
}
