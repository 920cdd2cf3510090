#!/usr/bin/env bats
# What threadscope needs, and what it says where that is not to be had. docs/security.md has the table.
load common

FOUR=cap_bpf,cap_perfmon,cap_sys_ptrace,cap_dac_read_search
# What a container has by default (Docker, Podman), and the four.
CONTAINER=chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,net_raw,sys_chroot,mknod,audit_write,setfcap,bpf,perfmon,sys_ptrace,dac_read_search
NOBODY=(setpriv --reuid 65534 --regid 65534 --clear-groups)

commands() { # of a process, each a line
	printf '%s\n' "snapshot -p $pid" "top -c 1 -i 50ms -p $pid" "logs -c 1 -i 50ms -p $pid" "events -d 50ms -p $pid"
}

within() { # COMMAND...
	status=0
	timeout -s KILL "$limit" "$@" >"$T/out" 2>"$T/err" </dev/null 3>&- || status=$?
}

# having LIST: the command, in $having, that starts another one as another user with these capabilities
having() {
	local list=-all,+${1//,/,+}
	having=("${NOBODY[@]}" --inh-caps="$list" --ambient-caps="$list" --bounding-set="$list")
}

teardown() {
	rm -rf "${place:-}"
	kill_all
}

@test "the four capabilities on the file suffice" {
	need setpriv setcap
	place=$(mktemp -d -p /var/tmp)
	chmod 755 "$place"
	cp "$THREADSCOPE" "$place/scope"
	setcap "$FOUR=ep" "$place/scope" 2>"$T/err" || skip 'no capabilities of files here'
	hold convoy
	while read -r command; do
		# shellcheck disable=SC2086 # words
		within "${NOBODY[@]}" "$place/scope" $command
		echo "$command"
		has_status 0
		[ "$(grep -vc '^threadscope: .* events; lost' "$T/err")" -eq 0 ]
	done < <(commands)
	within "${NOBODY[@]}" "$place/scope" snapshot --json -p "$pid"
	expect '.[0].threads | length > 1 and all(.stack | length > 0)'
	expect '.[0].locks | any(.owner_tid != null)'
}

@test "hidepid: what is hidden is not said to be absent" {
	need setpriv unshare
	having bpf,perfmon,dac_read_search
	lacking=("${having[@]}")
	having bpf,perfmon,sys_ptrace,dac_read_search
	"${having[@]}" test -x "$THREADSCOPE" || skip 'another user cannot reach the program'
	hold convoy
	cat >"$T/hide" <<-'END'
		mount -t proc -o hidepid=2 proc /proc && exec "$@"
	END
	hidden=(unshare --mount bash "$T/hide")
	"${hidden[@]}" "${NOBODY[@]}" test ! -e "/proc/$pid" || skip 'this kernel does not hide processes'
	# Root, and who may read its memory, sees it.
	within "${hidden[@]}" "$THREADSCOPE" snapshot -p "$pid"
	has_status 0
	within "${hidden[@]}" "${having[@]}" "$THREADSCOPE" top -c 1 -i 50ms -p "$pid"
	has_status 0
	lacking=("${hidden[@]}" "${lacking[@]}" "$THREADSCOPE")
	while read -r command; do
		# shellcheck disable=SC2086
		within "${lacking[@]}" $command
		fails_with 4 "cannot see process $pid.*hidepid.*CAP_SYS_PTRACE"
	done < <(commands)
	within "${lacking[@]}" snapshot -n convoy
	fails_with 4 'hidepid.*CAP_SYS_PTRACE'
	within "${lacking[@]}" snapshot -p 4194000
	fails_with 3 'no such process'
	within "${lacking[@]}" doctor --json
	has_status 4
	expect 'any(.[0].checks[]; .name == "process list" and .state == "missing" and (.remedy | test("hidepid")))'
}

@test "a container with the host's PID namespace and the four capabilities" {
	need setpriv unshare
	hold convoy
	contained=(unshare --mount --uts --ipc --net --cgroup setpriv --inh-caps=-all --bounding-set="-all,+${CONTAINER//,/,+}" "$THREADSCOPE")
	ulimit -l unlimited 2>"$T/err" || : # before Linux 5.11 maps count as locked memory
	while read -r command; do
		# shellcheck disable=SC2086 # words
		within "${contained[@]}" $command
		echo "$command"
		has_status 0
		[ "$(grep -vc '^threadscope: .* events; lost' "$T/err")" -eq 0 ]
	done < <(commands)
	within "${contained[@]}" snapshot --json -p "$pid"
	expect '.[0].locks | any(.owner_tid != null)'
	within "${contained[@]}" doctor --json
	has_status 0
	# Without the four: each is named.
	contained=(unshare --mount --uts --ipc --net --cgroup setpriv --inh-caps=-all
		--bounding-set="-all,+chown,+dac_override,+kill,+setgid,+setuid" "$THREADSCOPE")
	within "${contained[@]}" snapshot -p "$pid"
	fails_with 4 'CAP_BPF.*CAP_PERFMON.*CAP_SYS_PTRACE.*CAP_DAC_READ_SEARCH'
}

@test "a container with a PID namespace of its own: its own processes, and no others" {
	need setpriv unshare
	unshare --pid --fork --mount-proc true 2>/dev/null || skip 'no PID namespaces here'
	hold convoy
	own=(unshare --mount --uts --ipc --net --cgroup --pid --fork --kill-child --mount-proc
		setpriv --inh-caps=-all --bounding-set="-all,+${CONTAINER//,/,+}")
	within "${own[@]}" "$THREADSCOPE" snapshot -p 4194000
	fails_with 3 'no such process'
	within "${own[@]}" "$THREADSCOPE" snapshot -n convoy
	fails_with 3 "no process has a name that matches 'convoy'"
	# shellcheck disable=SC2016 # the inner shell's
	within "${own[@]}" bash -c '"$1" --ready "$3" >"$3.out" & until [ -e "$3" ]; do sleep 0.02; done
		"$2" snapshot --json -n convoy; status=$?; kill %1; exit $status' bash "$WORKLOADS/convoy" "$THREADSCOPE" "$T/inside"
	has_status 0
	expect '.[0].locks | any(.owner_tid != null)'
}

# bats test_tags=matrix,ends
@test "strict settings of the kernel: root has all but hidden names, and that is said" {
	[ -n "${TS_GUEST:-}" ] || skip 'only in a guest: the settings are those of the whole machine'
	declare -A strict=([perf_event_paranoid]=4 [kptr_restrict]=2 [unprivileged_bpf_disabled]=2) before
	for name in "${!strict[@]}"; do
		before[$name]=$(cat "/proc/sys/kernel/$name")
		echo "${strict[$name]}" >"/proc/sys/kernel/$name"
	done
	hold convoy
	failed=0
	while read -r command; do
		# shellcheck disable=SC2086 # words
		scope $command
		echo "$command: $status"
		[ "$status" -eq 0 ] || failed=1
	done < <(commands)
	scope doctor --json
	for name in "${!strict[@]}"; do
		echo "${before[$name]}" >"/proc/sys/kernel/$name"
	done
	[ "$failed" -eq 0 ]
	has_status 0
	expect 'any(.[0].checks[]; .name == "kernel names" and .state == "missing" and (.remedy | test("kptr_restrict")))'
	expect 'any(.[0].checks[]; .name == "running stacks" and .state == "ok")'
}
