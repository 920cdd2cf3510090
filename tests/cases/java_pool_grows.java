// SPDX-License-Identifier: GPL-2.0-or-later
// A server that makes an executor of one thread for each request, and forgets to shut it down: ten a second.
//
// Perfect: it gains 10 threads/s, named pool-N-thread-1, created by handleRequest < main.
import java.util.concurrent.Executors;

class JavaPoolGrows {
	static void handleRequest(int n) {
		Executors.newFixedThreadPool(1).submit(() -> n);
	}

	public static void main(String[] args) throws Exception {
		for (int n = 0; n < 5000; n++) {
			handleRequest(n);
			if (n == 40)
				System.out.println("ready");
			Thread.sleep(100);
		}
	}
}
