#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# debuglink_jail.sh: a stripped program in another root, where it lies at /DIR/waits. Its .gnu_debuglink names
# waits.debug, which this root has not; but this host has one at that path, even with the right checksum.
#
# Perfect: the function has no name, because no path of the jail is followed outside.
set -eu
. "${0%/*}/debuglink.sh"
here=$PWD
build_waits -O1 -static
mkdir -p "jail$here"
mv waits "jail$here/"
exec chroot jail "$here/waits"
