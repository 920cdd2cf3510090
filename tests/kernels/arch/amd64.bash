# shellcheck shell=bash disable=SC2034
# What a guest of this processor needs; arm64.bash has the same names. Read by run.sh, fetch.sh and initramfs.sh.

build=build                 # of the project, where the program, the workloads and the guests are
program=threadscope         # in it
userland=                   # packages of the guest's tools; none: they are this machine's
library_type=x86-64         # of ldconfig -p
tags=matrix                 # of the tests that run if none are named...
between=' 6.1 6.12 '        # ...without those tagged `ends` on these kernels
qemu_package='qemu-system-x86'

# The suites of one name are tried in order. Stable suites and not their
# security ones, which vanish earlier.
kernels() {
	printf '%s\t%s\n' \
		5.10 bullseye \
		6.1 bookworm \
		6.12 trixie \
		newest trixie-backports,forky,sid
}

# thread=single: with multi-threaded emulation one guest in three that patches
# kernel text (fentry, kprobes) crashed. Not microvm: hangs.
# -cx16: QEMU 7.2 now and then leaves rubbish in the flags after cmpxchg16b, and
# the next iret faults: 10 of 40 boots of 6.12 ("double fault" in kmalloc, bad
# EFLAGS), 0 of 40 without the instruction, which the kernel can do without.
qemu=(qemu-system-x86_64 -accel 'tcg,thread=single,tb-size=256' -M q35 -cpu 'qemu64,-cx16')
tests_line=(-serial chardev:tests) # the second serial line: that of the tests
# No -icount, which would tie the guest's clock to its instructions: 6.1 does not boot with it and two CPUs.
# nowatchdog: on a busy host an emulated CPU may stand still for long enough to
# look locked up; one that really is locked up gives no exit mark.
command_line='console=ttyS0 ts_line=ttyS1 mitigations=off no_timer_check tsc=reliable i8042.noaux i8042.nopnp'
