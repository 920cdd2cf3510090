/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Units and containers from texts of /proc/PID/cgroup, as systemd and the runtimes make them. */
#include "target/unit_name.h"
#include "test.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void check(const char *cgroup, const char *want)
{
	char name[UNIT_NAME] = "";

	CHECK_EQ(unit_name__find(cgroup, name), want != NULL);
	CHECK_STR(name, want ? want : "");
}

TEST(units_of_systemd)
{
	check("0::/system.slice/nginx.service\n", "nginx.service");
	check("0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n",
	      "postgresql@15-main.service");
	check("0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-foo.scope\n", "app-foo.scope");
	check("0::/user.slice/user-1000.slice/user@1000.service/app.slice/emacs.service\n", "emacs.service");
	check("0::/user.slice/user-0.slice/session-3.scope\n", "session-3.scope");
	check("0::/init.scope\n", "init.scope");
	/* It has groups of its own below its unit. */
	check("0::/system.slice/app.service/workers/3\n", "app.service");
	/* Version 1, and both. */
	check("12:pids:/system.slice/cron.service\n1:name=systemd:/system.slice/cron.service\n0::/\n",
	      "cron.service");
}

TEST(containers)
{
	check("0::/system.slice/docker-" ID ".scope\n", "docker-0123456789ab");
	check("0::/docker/" ID "\n", "docker-0123456789ab");
	check("4:memory:/docker/" ID "\n1:name=systemd:/docker/" ID "\n", "docker-0123456789ab");
	check("0::/machine.slice/libpod-" ID ".scope\n", "libpod-0123456789ab");
	check("0::/machine.slice/libpod-" ID ".scope/container\n", "libpod-0123456789ab");
	check("0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope\n",
	      "libpod-0123456789ab");
}

TEST(pods)
{
	check("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1f_2.slice/"
	      "cri-containerd-" ID ".scope\n",
	      "cri-containerd-0123456789ab");
	check("0::/kubepods.slice/kubepods-pod1f.slice/crio-" ID ".scope\n", "crio-0123456789ab");
	check("5:cpu:/kubepods/burstable/pod1f-2-3/" ID "\n", "container-0123456789ab");
	check("5:cpu:/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:" ID "\n",
	      "cri-containerd-0123456789ab");
}

TEST(neither)
{
	check("0::/\n", NULL);
	check("", NULL);
	check("garbage", NULL);
	check("0::", NULL);
	check("0::/user.slice\n", NULL);
	check("0::/.service\n", NULL);
	check("0::/docker/" ID "0\n", NULL); /* no container's */
	check("0::/docker/0123\n", NULL);
}

TEST_MAIN
