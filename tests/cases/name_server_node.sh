#!/bin/sh
# name_server_node SIZE: a program of Node.js looks up names, and the name server, in a network of its own,
# never answers. libuv's pool has SIZE threads.
#
# Perfect: N threads have waited T for an answer of the name server 127.0.0.66:53; with one thread: every file
# operation waits for it.
printf 'nameserver 127.0.0.66\noptions timeout:25 attempts:3\n' > resolv.conf
export UV_THREADPOOL_SIZE="$1"
# shellcheck disable=SC2016 # the inner shell expands it
exec unshare -m -n sh -c 'mount --bind resolv.conf /etc/resolv.conf &&
	ip link set lo up && exec node -e "$0"' '
const server = require("dgram").createSocket("udp4");
server.bind(53, "127.0.0.66", () => {
	server.removeAllListeners("message");
	for (let i = 0; i < 8; i++)
		require("dns").lookup("db" + i + ".example.com", () => {});
	require("fs").stat("/etc/passwd", () => console.log("stat=1"));
	setTimeout(() => console.log("ready pid=" + process.pid), 1500);
});
setInterval(() => {}, 1000);
'
