# SPDX-License-Identifier: GPL-2.0-or-later
# Thread "writer" writes to a pipe that nobody reads, within a Monitor's synchronize; three workers and the main
# thread want the Monitor.
#
# Perfect: 4 threads wait for the Monitor's Mutex, held by writer, which is in write() on a full pipe.
require 'monitor'

log = Monitor.new
_reader, pipe = IO.pipe
writer = Thread.new { log.synchronize { pipe.write('x' * 100_000) } }
writer.name = 'writer'
sleep 0.05 until writer.stop?
workers = 3.times.map { Thread.new { log.synchronize { 1 } } }
workers.each { |worker| worker.name = 'worker' }
sleep 0.05 until workers.all?(&:stop?)
sleep 1.2 # from one second on it is a warning
puts "ready holder=#{writer.native_thread_id}"
$stdout.flush
log.synchronize { 1 }
