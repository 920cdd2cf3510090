# SPDX-License-Identifier: GPL-2.0-or-later
# turns_ruby: workers take turns, by a Mutex, at a Queue.
#
# Perfect: no warning: nobody is held up.
turn = Mutex.new
items = Queue.new
4.times { Thread.new { loop { turn.synchronize { items.pop } } } }
sleep 1.5
puts "ready"
$stdout.flush
sleep 1000
