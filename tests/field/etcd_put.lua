-- SPDX-License-Identifier: GPL-2.0-or-later
-- Each request of wrk puts one of 1000 keys.
local n = 0
local digits = "abcdefghij"

function request()
	n = n + 1
	local i, j = n % 10 + 1, math.floor(n / 10) % 10 + 1
	local key = "Zm9v" .. digits:sub(i, i) .. digits:sub(j, j) .. "AA"
	return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, '{"key":"' .. key .. '","value":"YmFyYmFy"}')
end
