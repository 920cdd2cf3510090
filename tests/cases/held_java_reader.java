// SPDX-License-Identifier: GPL-2.0-or-later
// Eight threads of a Java program log to a pipe, whose reader, the process "cat", is stopped by SIGSTOP.
//
// Perfect: one thread has been in write to a full pipe for T, whose reader cat (PID) is stopped by a signal; the 7
// others wait for the lock of the stream that it holds.
import java.io.PrintStream;

class HeldJavaReader {
	public static void main(String[] args) throws Exception {
		Process reader = new ProcessBuilder("cat").redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
		PrintStream log = new PrintStream(reader.getOutputStream(), true);
		String line = "x".repeat(5000);

		new ProcessBuilder("kill", "-STOP", String.valueOf(reader.pid())).start().waitFor();
		for (int i = 0; i < 8; i++)
			new Thread(() -> {
				for (;;)
					log.println(line);
			}, "worker-" + i).start();
		Thread.sleep(2500);
		System.out.println("ready reader=" + reader.pid());
		Thread.sleep(1000000);
	}
}
