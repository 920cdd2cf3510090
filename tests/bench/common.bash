# shellcheck shell=bash
# What the benchmarks share: the programs, waiting, medians.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
THREADSCOPE=$(realpath "${THREADSCOPE:-$root/build/threadscope}")
WORKLOADS=${WORKLOADS:-$root/build/tests}
export LC_ALL=C

die() {
	echo "$(basename "$0"): $*" >&2
	exit 1
}

await() { # COMMAND...
	local end=$((SECONDS + 120))
	until "$@" >/dev/null 2>&1; do
		((SECONDS <= end)) || die "gave up waiting for: $*"
		sleep 0.01
	done
}

# Ends the workload, whose PID is in $workload.
stop() {
	kill -KILL "$workload"
	wait "$workload" 2>/dev/null || :
	workload=
}

median() {
	sort -n | awk '{ v[NR] = $1 } END { if (NR % 2) print v[(NR + 1) / 2]; else print (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}
