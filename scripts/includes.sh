#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Facts flow one way: each folder may include only the folders named for it (docs/design.md). Its own is always fine.
# shellcheck disable=SC2013 # names of headers have no spaces
set -eu
cd "$(dirname "$0")/.."

bad=0
allow() { # FOLDER ALLOWED...: of src/, or bpf
	folder=$1
	shift
	for file in src/"$folder"/*.[ch]; do
		for header in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file"); do
			from=${header%%/*}
			case " $folder $* " in
			*" $from "*) continue ;;
			esac
			echo "$file includes $header, which src/$folder may not know of" >&2
			bad=1
		done
	done
}

generated='threadscope.skel.h threadscope_old.skel.h snapshot.lskel.h syscalls.inc flamegraph.inc version.h'
allow util bpf
allow target
allow symbols target
allow unwind bpf symbols target
allow probes bpf "$generated"
allow goroutines symbols target go_tables.inc
# The model may know of facts and words, of nothing that does input or output.
allow model bpf util sample target "$generated"
allow views model util "$generated"
allow sample bpf util model probes symbols target unwind goroutines
allow cli model util views sample probes symbols target "$generated"

# libbpf stays in one place.
if grep -lE '#include (<bpf/|"[a-z_]+\.l?skel\.h")' -r src | grep -v '^src/probes/'; then
	echo 'these include libbpf or the skeleton outside src/probes' >&2
	bad=1
fi
exit $bad
