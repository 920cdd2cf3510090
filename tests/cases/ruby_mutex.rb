# SPDX-License-Identifier: GPL-2.0-or-later
# Four threads want a Mutex whose owner sleeps; two wait for a Queue, which is idle.
#
# Perfect: 4 threads wait for the Mutex, held by the one that sleeps; the two are not held up.
lock = Mutex.new
jobs = Queue.new
holder = Thread.new { lock.synchronize { sleep } }
Thread.pass until lock.locked?
2.times { Thread.new { jobs.pop } }
waiters = 4.times.map { Thread.new { lock.synchronize {} } }
sleep 0.05 until waiters.all? { |t| t.status == 'sleep' }
sleep 1.2 # from one second on it is a warning
puts "ready holder=#{holder.native_thread_id}"
$stdout.flush
sleep
