# SPDX-License-Identifier: GPL-2.0-or-later
# A healthy server as Puma is: five workers take jobs from a Queue, count them under a Mutex and work a little; the main
# thread hands out a job every 20 ms.
#
# Perfect: nothing to report.
jobs = Queue.new
lock = Mutex.new
done = 0
workers = Array.new(5) do
  Thread.new do
    while (job = jobs.pop)
      lock.synchronize { done += job }
      sleep 0.005
    end
  end
end
workers.each { |worker| worker.name = 'puma srv tp worker' }
100.times { jobs << 1 }
sleep 0.05 until done >= 100
puts 'ready'
$stdout.flush
loop do
  jobs << 1
  sleep 0.02
end
