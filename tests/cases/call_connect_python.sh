#!/bin/sh
# call_connect_python: Python connects by TCP to an address that answers nothing, in a network of its own: a
# filter on the listener drops what comes.
#
# Perfect: python3 has been in connect(127.0.0.66:6379) for T: nothing has answered its SYN; the same of its
# thread in poll, whose connection has a timeout.
# shellcheck disable=SC2016 # the inner shell expands it
exec unshare -n sh -c 'ip link set lo up && exec python3 "$0"' /proc/self/fd/3 3<<'END'
import ctypes, os, socket, struct, threading, time

drop = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
listener = socket.socket()
SO_ATTACH_FILTER = 26
listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HxxxxxxP", 1, ctypes.addressof(drop)))
listener.bind(("127.0.0.66", 6379))
listener.listen(1)
threading.Timer(1.5, lambda: print(f"ready pid={os.getpid()}", flush=True)).start()
threading.Thread(target=socket.create_connection, args=(("127.0.0.66", 6379), 600)).start()
socket.create_connection(("127.0.0.66", 6379))
END
