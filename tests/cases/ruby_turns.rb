# SPDX-License-Identifier: GPL-2.0-or-later
# A healthy program that computes in twelve threads: each has Ruby's VM lock for a tenth of a second, then the next.
#
# Perfect: nothing to report. Not: that one of them holds up the others.
counts = Array.new(12, 0)
workers = Array.new(12) { |i| Thread.new { loop { counts[i] += 1 } } }
workers.each { |worker| worker.name = 'worker' }
sleep 0.05 until counts.all?(&:positive?)
puts 'ready'
$stdout.flush
workers.each(&:join)
