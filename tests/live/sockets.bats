#!/usr/bin/env bats
# Waits on sockets: at which address, with whom.
load common

waits_named() {
	equal '.[0].threads | map(select(.name != "sockets" and .name != "read-pair") | [.name, .wait.file]) | sort' \
		'[["accept", "socket at 127.0.0.1:\($w.port)"], ["read-client", "socket to 127.0.0.1:\($w.port)"],
		["read-server", "socket to 127.0.0.1:\($w.client_port)"], ["accept-6", "socket at [::1]:\($w.port_6)"],
		["accept-unix", "socket at '"$T"'/at"], ["read-unix", "socket at '"$T"'/at"],
		["connect", "127.0.0.1:\($w.full_port)"]] | sort'
	# one of a pair has no address
	expect '.[0].threads[] | select(.name == "read-pair") | .wait.file | test("^socket:\\[[0-9]+\\]$")'
}

# bats test_tags=matrix
@test "sockets that threads wait on: their own address, or the other end's" {
	[ -e /proc/net/tcp6 ] || skip 'no IPv6 here'
	hold sockets --path "$T/at"
	scope_well snapshot --json -p "$pid"
	waits_named
	scope_well snapshot --all -p "$pid"
	grep -q "connect(127.0.0.1:$(fact .full_port))" "$T/out"
	grep -q "recvfrom(socket to 127.0.0.1:$(fact .client_port))" "$T/out"
}

# A network of its own: $pid and $facts are of the workload in it.
hold_apart() { # OPTION...
	need unshare
	unshare --net true 2>/dev/null || skip 'no network namespaces here'
	launch "$T/ns.out" "$T/ns.err" unshare --net --fork --kill-child sh -c \
		'ip link set lo up || ifconfig lo up; exec "$@"' sh "$WORKLOADS/sockets" --ready "$T/ns.ready" "$@"
	await test -e "$T/ns.ready"
	facts=$T/ns.ready
	pid=$(fact .pid)
}

@test "sockets in a network namespace of its own" {
	hold_apart --path "$T/at"
	scope_well snapshot --json -p "$pid"
	waits_named
}

@test "sockets among thousands on which nobody waits" {
	hold_apart --path "$T/at" --crowd "$(amount 5000 500)"
	scope_well snapshot --json -p "$pid"
	waits_named
}
