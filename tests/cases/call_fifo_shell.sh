#!/bin/sh
# call_fifo_shell: a shell redirects its output to a FIFO, relative to its folder, that nobody reads.
#
# Perfect: the shell has been in openat(FIFO) for T: no process has opened the FIFO for reading.
mkfifo status
folder=$(pwd)
(
	sleep 1.5
	echo "ready folder=$folder"
	sleep 600 # its end would interrupt the open
) &
echo up > status
