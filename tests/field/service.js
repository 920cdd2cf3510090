// SPDX-License-Identifier: GPL-2.0-or-later
// service.js PORT LOG: an HTTP server that writes a line to its log for each request.
const fs = require('fs')
const log = fs.createWriteStream(process.argv[3], { flags: 'a' })
const page = Buffer.alloc(2000)

require('http').createServer((request, response) => {
	log.write(`${new Date().toISOString()} GET ${request.url}\n`)
	response.end(page)
}).listen(Number(process.argv[2]), '127.0.0.1')
