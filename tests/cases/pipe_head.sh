#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Pipelines whose reader has seen enough: seq ignores SIGPIPE, as its parent does, and gets EPIPE. Every
# pipeline with head ends so.
#
# Perfect: no warning.
trap '' PIPE
echo "ready"
while :; do
	seq 1 200000 2>/dev/null | head -n 1 >/dev/null
	sleep 0.1
done
