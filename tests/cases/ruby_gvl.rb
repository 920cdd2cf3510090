# SPDX-License-Identifier: GPL-2.0-or-later
# Thread "square" squares a huge number again and again, each for seconds, which keeps the GVL in C code; six workers
# and the main thread want it.
#
# Perfect: the threads wait for Ruby's VM lock, held by square, which is running. Not: idle.
workers = 6.times.map do
  Thread.new { loop { sleep 0.01 } }
end
workers.each { |worker| worker.name = 'worker' }
square = Thread.new do
  Thread.current.name = 'square'
  puts "ready holder=#{Thread.current.native_thread_id}"
  $stdout.flush
  huge = (1 << 500_000_000) - 1
  loop { huge * huge }
end
square.join
