// SPDX-License-Identifier: GPL-2.0-or-later
// Service PORT LOG: an HTTP server with 16 threads that writes a line to its log for each request.
import com.sun.net.httpserver.HttpServer;
import java.io.FileWriter;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

public class Service {
	public static void main(String[] args) throws Exception {
		PrintWriter log = new PrintWriter(new FileWriter(args[1], true), true);
		HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 100);
		byte[] page = new byte[2000];

		server.setExecutor(Executors.newFixedThreadPool(16));
		server.createContext("/", exchange -> {
			log.println("GET " + exchange.getRequestURI() + " from " + exchange.getRemoteAddress());
			exchange.sendResponseHeaders(200, page.length);
			exchange.getResponseBody().write(page);
			exchange.close();
		});
		server.start();
	}
}
