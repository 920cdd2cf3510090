#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shell_parts FILE: as configure scripts do, the shell writes the first part of each line into FILE, and a command that
# it starts the rest.
#
# Perfect: nothing is torn.
echo ready
exec >>"$1"
while :; do
	printf 'checking for a thing... '
	env echo yes
	printf 'step '
	env printf '%s' 'and '
	echo 'more'
	sleep 0.01
done
