# SPDX-License-Identifier: GPL-2.0-or-later
# A program that logs one record of 8 MiB to a pipe, whose reader takes 4 KiB each 20 ms: it runs in write each time,
# and waits on.
#
# Perfect: it has been in write for T, since the beginning of the call, and not since it last ran.
use strict;
use Time::HiRes qw(sleep time);

pipe(my $reader, my $writer) or die;
defined(my $child = fork) or die;
if (!$child) {
	close $writer;
	while (sysread($reader, my $part, 4096)) {
		sleep 0.02;
	}
	exit;
}
close $reader;
$| = 1;
my $began = int(time * 1000);
if (!fork) { # tells for how long, as the other cannot
	while (kill 0, getppid) {
		print "asked_ns=", (int(time * 1000) - $began + 100) * 1000000, "\n";
		sleep 0.05;
	}
	exit;
}
print "ready reader=$child\n";
syswrite $writer, 'x' x (8 << 20);
