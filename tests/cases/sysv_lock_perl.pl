# SPDX-License-Identifier: GPL-2.0-or-later
# The process "wants-it" waits for a lock made of a System V semaphore, whose value is 0 while it is free: it waits
# for 0 and counts up, in one call. "sem-holder" has it, and sleeps. Its IPC namespace goes with it.
#
# Perfect: which semaphore, its value, who holds it and what that process does.
use strict;
use warnings;
use IPC::SysV qw(IPC_PRIVATE IPC_CREAT SEM_UNDO);
use POSIX ();
$| = 1;
exec('unshare', '--ipc', $^X, $0, 'inside') or die "unshare: $!" if !@ARGV;

sub name_it { open(my $f, '>', '/proc/self/comm') or die; print $f $_[0]; close $f; }

my $id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600) // die "semget: $!";
my $lock = pack('s!3s!3', 0, 0, 0, 0, 1, SEM_UNDO);
my $target = $$;
pipe(my $read, my $write) or die;
my $holder = fork();
if (!$holder) {
	name_it('sem-holder');
	close $read;
	semop($id, $lock) or die "semop: $!";
	syswrite($write, 'x');
	close $write;
	POSIX::pause() while 1;
}
close $write;
sysread($read, my $byte, 1) == 1 or die;
name_it('wants-it');
my $said = fork();
if (!$said) {
	select(undef, undef, undef, 1.1);
	print "ready pid=$target id=$id other=$holder\n";
	POSIX::pause() while 1;
}
semop($id, $lock) or die "semop: $!";
POSIX::pause() while 1;
