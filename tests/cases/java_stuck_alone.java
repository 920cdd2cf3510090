// SPDX-License-Identifier: GPL-2.0-or-later
// "holder" reads from a pipe that nobody writes to, in a synchronized method; "waiter" alone wants to call it. HotSpot
// wakes such a waiter once a second, to look at the monitor.
//
// Perfect: waiter has waited for T for the monitor, held by holder, which reads from the pipe.
class JavaStuckAlone {
	synchronized void ask() throws Exception {
		new ProcessBuilder("sleep", "1000").start().getInputStream().read();
	}

	public static void main(String[] args) throws Exception {
		JavaStuckAlone it = new JavaStuckAlone();
		for (String name : new String[] {"holder", "waiter"}) {
			new Thread(() -> {
				try {
					it.ask();
				} catch (Exception e) {
					System.exit(1);
				}
			}, name).start();
			Thread.sleep(1000);
		}
		System.out.println("ready");
		Thread.sleep(1000000);
	}
}
