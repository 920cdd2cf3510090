# name_server_python WORKERS: a program whose executor has four workers gives it WORKERS names to look up, in a
# network of its own, and the name server never answers.
#
# Perfect, of 4: 4 threads have waited T for an answer of the name server 127.0.0.66:53, to resolve names; they are
# all 4 threads of concurrent.futures. Of 3: without the latter, as the fourth is idle.
import concurrent.futures
import ctypes
import os
import socket
import subprocess
import sys
import time

CLONE_NEWNS, CLONE_NEWNET, MS_REC, MS_PRIVATE, MS_BIND = 0x20000, 0x40000000, 0x4000, 0x40000, 0x1000

libc = ctypes.CDLL(None, use_errno=True)
with open("resolv.conf", "w") as f:
    f.write("nameserver 127.0.0.66\noptions timeout:25 attempts:3\n")
assert not libc.unshare(CLONE_NEWNS | CLONE_NEWNET)
assert not libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None)
assert not libc.mount(b"resolv.conf", b"/etc/resolv.conf", None, MS_BIND, None)
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("127.0.0.66", 53))


def look_up(n):
    return socket.getaddrinfo(f"db{n}.example.com", 5432)


pool = concurrent.futures.ThreadPoolExecutor(4)
for sleeper in [pool.submit(time.sleep, 0.3) for _ in range(4)]:
    sleeper.result()
for n in range(int(sys.argv[1])):
    pool.submit(look_up, n)
time.sleep(2)
print(f"ready pid={os.getpid()}", flush=True)
time.sleep(3600)
