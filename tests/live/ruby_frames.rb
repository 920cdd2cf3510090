# SPDX-License-Identifier: GPL-2.0-or-later
# Threads of Ruby that stand still in calls of every kind. Each line of the truth is one frame as Ruby itself has it
# (Thread#backtrace_locations), innermost first, without methods written in C: TID FUNCTION FILE:LINE. Then
# "ready", and it waits for its input.
$gate = Queue.new
C_METHODS = %w[pop each map sort_by eval instance_eval next call catch].freeze

class Worker
  def in_method
    $gate.pop
  end

  def inspect
    $gate.pop
    ''
  end

  define_method(:in_defined) { in_method }

  def method_missing(_name, *_arguments)
    $gate.pop
  end

  def respond_to_missing?(*)
    true
  end

  class << self
    def in_singleton
      new.in_method
    end
  end
end

def in_key
  [2, 1].sort_by { |_| $gate.pop } # through C, in a block
end

def in_blocks
  [1].each do
    [1].map { |_| $gate.pop }
  end
end

def in_fiber
  Fiber.new do
    $gate.pop
  end.resume
end

def in_enumerator
  Enumerator.new { |y| y << $gate.pop }.next
end

def in_ensure
  1 + 1
ensure
  $gate.pop
end

def in_rescue
  raise 'as it must'
rescue StandardError
  $gate.pop
end

def deep(number)
  number.zero? ? $gate.pop : deep(number - 1)
end

def in_catch
  catch(:done) do
    tap { $gate.pop }
  end
end

def in_name_with_ü
  eval('$gate.pop')
end

# Methods of many instructions, whose lines are in the later parts of the table.
eval("def in_long\n#{"$x = [$x, 1]\n" * 30}$gate.pop\n$x\nend", binding, 'long.rb')
eval("def in_longest\n#{"$x = 1\n" * 700}$gate.pop\n$x\nend", binding, 'longest.rb')

places = [
  -> { Worker.new.in_method }, -> { Worker.new.in_defined }, -> { Worker.new.inspect }, -> { Worker.new.missing },
  -> { Worker.in_singleton }, -> { in_key }, -> { in_blocks }, -> { in_fiber }, -> { in_enumerator }, -> { in_ensure },
  -> { in_rescue }, -> { deep(30) }, -> { in_catch }, -> { in_name_with_ü }, -> { in_long }, -> { in_longest },
  -> { Worker.new.instance_eval { $gate.pop } }
]
exit if ARGV.include?('fork') && fork && Process.wait # as pre-forking servers do
threads = places.map { |place| Thread.new { place.call } }
threads.last.name = 'a name of more than 15 bytes'
sleep 0.01 until threads.all?(&:stop?)
threads.each do |thread|
  thread.backtrace_locations.each do |at|
    next if C_METHODS.include?(at.label)

    puts "#{thread.native_thread_id} #{at.label.delete(' ')} #{at.path}:#{at.lineno}"
  end
end
puts "ready #{Process.pid}"
$stdout.flush
$stdin.read
