#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Facts flow one way: each folder may include only the folders named for it (docs/design.md). Its own is always fine.
# shellcheck disable=SC2013 # names of headers have no spaces
set -eu
cd "$(dirname "$0")/.."

bad=0
known='bpf report/rows report/columns'
# allow FOLDER ALLOWED...: folders of src/, bpf, or a header without a folder. A folder may know of those alone
# that stand above it in the table, so there is no circle.
allow() {
	folder=$1
	shift
	for other in "$@"; do
		case " $known " in
		*" ${other%% *} "*) continue ;;
		esac
		case $other in
		*.*) continue ;;
		esac
		echo "includes.sh: $other, which src/$folder may know of, stands below it" >&2
		bad=1
	done
	known="$known $folder"
	for file in src/"$folder"/*.[ch]; do
		for header in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file"); do
			case $header in
			*/*) from=${header%/*} ;;
			*) from=$header ;;
			esac
			case " $folder $* " in
			*" $from "*) continue ;;
			esac
			echo "$file includes $header, which src/$folder may not know of" >&2
			bad=1
		done
	done
}

generated='json_rows.inc schema_rows.inc threadscope.skel.h threadscope_old.skel.h snapshot.lskel.h snapshot_sockets.lskel.h snapshot_causes.lskel.h device_writers.skel.h flamegraph.inc version.h'
allow util bpf thresholds.h
allow facts bpf util calls.inc
allow facts/saved bpf facts util
allow target facts util
allow symbols facts target thresholds.h util
allow unwind bpf facts symbols target util
allow unwind/x86 unwind util
allow unwind/arm64 unwind util
allow probes bpf util "$generated"
allow go/runtime facts symbols target unwind/x86 util go_tables.inc
allow java/runtime facts symbols target util
allow python/runtime facts symbols target util python_tables.inc
allow ruby/runtime facts symbols target util
allow postgres/runtime facts symbols target util
allow waits facts thresholds.h util "$generated"
allow collect/targets facts go/runtime java/runtime python/runtime ruby/runtime symbols target unwind util
allow collect/stacks collect/targets facts java/runtime probes symbols util
allow collect/files bpf collect/targets facts probes target thresholds.h util waits
allow collect/locks collect/targets facts util waits
allow collect/threads collect/locks collect/stacks collect/targets facts probes thresholds.h util waits
allow collect/waiters collect/locks collect/targets collect/threads facts target thresholds.h unwind util waits
allow collect/links collect/files collect/targets collect/threads facts postgres/runtime probes target thresholds.h util waits
allow python/collect collect/locks collect/targets collect/threads facts python/runtime util waits
allow go/collect bpf collect/files collect/targets facts go/runtime probes target util
allow java/collect collect/locks collect/targets facts java/runtime util
allow ruby/collect collect/locks collect/targets collect/threads facts ruby/runtime util waits
allow collect collect/files collect/links collect/locks collect/stacks collect/targets collect/threads collect/waiters facts go/collect java/collect probes python/collect ruby/collect symbols target thresholds.h util waits
allow report facts report/columns report/rows thresholds.h util
allow words report util waits
allow model/rows bpf facts report thresholds.h util waits words
allow model/go facts model/rows report thresholds.h util words
allow model/findings facts model/go model/rows report thresholds.h util waits words
allow model/snapshot facts model/findings model/go model/rows report util waits words
allow model/interval facts model/findings model/go model/rows report thresholds.h util waits words
allow feed facts facts/saved model/interval model/snapshot report thresholds.h util words
allow views model/interval report util
allow views/text model/go model/interval report report/columns util views waits words
allow views/json report report/rows util views words "$generated"
allow views/export report util views waits words "$generated"
allow screen feed model/interval report report/columns util views/text waits words
allow cli collect facts facts/saved feed go/collect model/interval model/rows model/snapshot probes report screen symbols target util views \
	views/export waits version.h

# One hash table, with one answer when memory is short.
if grep -l '#include <uthash.h>' -r src | grep -vx 'src/util/table.h'; then
	echo 'these include uthash instead of util/table.h' >&2
	bad=1
fi

# libbpf stays in one place.
if grep -lE '#include (<bpf/|"[a-z_]+\.l?skel\.h")' -r src | grep -v '^src/probes/'; then
	echo 'these include libbpf or the skeleton outside src/probes' >&2
	bad=1
fi

# So does what is of one processor: the files and folders that have its name.
if grep -nE '__(x86_64__|aarch64__|amd64__|TARGET_ARCH_)' -r src bpf vmlinux --include='*.[ch]' |
	grep -vE '^(bpf/arch|bpf/arch\.bpf|vmlinux/vmlinux)\.h:'; then
	echo 'these choose by processor: such code goes into arch_x86.c and arch_arm64.c, or their folders' >&2
	bad=1
fi
# Each folder is in the table.
for folder in src/*/ src/*/*/; do
	ls "$folder"*.[ch] >/dev/null 2>&1 || continue
	folder=${folder#src/}
	case " $known " in
	*" ${folder%/} "*) continue ;;
	esac
	echo "src/$folder is not in the table" >&2
	bad=1
done
exit $bad
