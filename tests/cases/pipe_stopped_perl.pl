# SPDX-License-Identifier: GPL-2.0-or-later
# A service logs to a program that was stopped: its pipe fills, and the service hangs in the middle of a line.
#
# Perfect: it has been in write to a full pipe for T; log-reader (PID), which reads it, is stopped by a signal.
use strict;
use warnings;

pipe(my $reader, my $writer) or die;
my $child = fork // die;
if (!$child) {
	$0 = 'log-reader';
	close $writer;
	sleep 1000;
	exit;
}
close $reader;
select undef, undef, undef, 0.3;
kill 'STOP', $child;
my $me = $$;
if (!(fork // die)) {
	close $writer;
	sleep 3;
	$| = 1;
	print "ready pid=$me reader=$child\n";
	exit;
}
syswrite $writer, 'x' x 999 . "\n" while 1;
