// SPDX-License-Identifier: GPL-2.0-or-later
/* The least that a program on every system call can cost: two that return at once. */
typedef unsigned long long u64;

char LICENSE[] __attribute__((section("license"), used)) = "GPL";

__attribute__((section("tp_btf/sys_enter"), used)) int empty_enter(u64 *ctx)
{
	(void)ctx;
	return 0;
}

__attribute__((section("tp_btf/sys_exit"), used)) int empty_exit(u64 *ctx)
{
	(void)ctx;
	return 0;
}
