# shellcheck shell=bash disable=SC2034
# What a guest of this processor needs: see amd64.bash.

build=build/arm64
program=threadscope-static
# With what these depend on. Of the release that runs here, whose libraries the cross compiler links with.
userland='bash bats bats-assert bats-support busybox-static coreutils findutils grep jq libc-bin libgcc-s1
	libstdc++6 mawk ncurses-base procps sed bsdutils util-linux'
library_type=
tags=arm64
between=' '
qemu_package='qemu-system-arm'

kernels() {
	printf '%s\t%s\n' \
		5.10 bullseye \
		6.1 bookworm
}

# max: with pointer authentication, by a cheaper hash than Arm's. lpa2=off: kernels before 5.12 do not boot with it.
# Without SVE, whose registers cost time at each switch.
qemu=(qemu-system-aarch64 -accel 'tcg,thread=single,tb-size=256' -M virt
	-cpu 'max,lpa2=off,sve=off,sme=off,pauth-impdef=on')
tests_line=(-device 'pci-serial,chardev=tests') # the machine has one line of its own, the console
command_line='console=ttyAMA0 ts_line=ttyS0'
