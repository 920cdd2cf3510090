// SPDX-License-Identifier: GPL-2.0-or-later
// Six threads of a Java program work, and its collector stops them for a second or so, again and again: it has nine
// million objects to look at.
//
// Perfect: 6 threads wait for a garbage collection to end.
class JavaCollection {
	static class Node {
		Node left, right;
	}

	static Node tree(int depth) {
		Node n = new Node();
		if (depth > 0) {
			n.left = tree(depth - 1);
			n.right = tree(depth - 1);
		}
		return n;
	}

	static volatile Node kept;
	static volatile long sum;

	public static void main(String[] args) throws Exception {
		kept = tree(22);
		for (int i = 0; i < 6; i++)
			new Thread(() -> {
				for (;;)
					sum += new long[10].length;
			}, "worker-" + i).start();
		System.out.println("ready");
		for (;;) {
			System.gc();
			Thread.sleep(20);
		}
	}
}
