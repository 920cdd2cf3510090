# SPDX-License-Identifier: GPL-2.0-or-later
# Two threads lock two Mutexes in both orders. Ruby itself says nothing as long as another thread sleeps for a time.
#
# Perfect: a deadlock of the two threads, with the Mutex that each waits for.
first = Mutex.new
second = Mutex.new
gate = Queue.new
threads = [[first, second], [second, first]].map do |mine, other|
  Thread.new do
    mine.synchronize do
      gate.pop
      other.synchronize { 1 }
    end
  end
end
threads.each { |thread| thread.name = 'worker' }
sleep 0.05 until gate.num_waiting == 2
2.times { gate << 1 }
sleep 0.05 until gate.empty? && threads.all?(&:stop?)
sleep 0.2
puts "ready first=#{threads[0].native_thread_id} second=#{threads[1].native_thread_id}"
$stdout.flush
sleep 1000
