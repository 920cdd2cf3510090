// SPDX-License-Identifier: GPL-2.0-or-later
// Two threads deadlock with synchronized ("sync-1", "sync-2"), two with ReentrantLock ("lock-1", "lock-2"); three
// more wait behind.
//
// Perfect: two deadlocks, as jstack says: sync-1 waits for a monitor held by sync-2 and the other way round; the same
// of lock-1 and lock-2.
import java.util.concurrent.locks.ReentrantLock;
class JavaDeadlock {
	static final Object A = new Object(), B = new Object();
	static final ReentrantLock C = new ReentrantLock(), D = new ReentrantLock();
	static void nap(long ms) { try { Thread.sleep(ms); } catch (InterruptedException e) { } }
	static void both(Object x, Object y) { synchronized (x) { nap(300); synchronized (y) { nap(1); } } }
	static void both(ReentrantLock x, ReentrantLock y) { x.lock(); nap(300); y.lock(); }
	public static void main(String[] a) {
		new Thread(() -> both(A, B), "sync-1").start(); new Thread(() -> both(B, A), "sync-2").start();
		new Thread(() -> both(C, D), "lock-1").start(); new Thread(() -> both(D, C), "lock-2").start();
		nap(600);
		for (int i = 0; i < 3; i++) new Thread(() -> both(A, B), "behind-" + i).start();
		nap(500); System.out.println("ready"); System.out.flush(); nap(1000000);
	}
}
