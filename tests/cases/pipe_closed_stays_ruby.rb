# SPDX-License-Identifier: GPL-2.0-or-later
# A service whose Logger writes to a pipe. Its reader has ended; Ruby ignores SIGPIPE and its Logger rescues the error:
# the service goes on, and each line is lost.
#
# Perfect: a warning that names the process.
require 'logger'

reader, writer = IO.pipe
reader.close
log = Logger.new(writer)
$stderr = File.open(File::NULL, 'w') # where the Logger complains
puts 'ready'
$stdout.flush
loop do
  log.info('a line of the log')
  sleep 0.02
end
