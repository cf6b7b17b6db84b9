-- What wrk sends, and what it prints of a run:
--
--	wrk [options] -s wrk.lua URL -- METHOD FILE [TYPE]
--
-- FILE has a line for each request, base64 of its body, sent in turn. With GET it stands in the path,
-- behind URL's, escaped as RFC 6960 A.1 has it. All requests are made beforehand: wrk's one thread
-- shall not be what is measured.
--
-- Prints "result: rate p50 p99 requests errors octets": per second, microseconds, octets of an answer
-- on average. OCSP says "try later" with status 200 and five octets: the caller looks at the average.

local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local value = {}
for i = 1, #digits do value[digits:byte(i)] = i - 1 end

local function decode(s)
	local out, n, bits = {}, 0, 0
	for i = 1, #s do
		local v = value[s:byte(i)]
		if not v then break end
		n = n * 64 + v
		bits = bits + 6
		if bits >= 8 then
			bits = bits - 8
			out[#out + 1] = string.char(math.floor(n / 2 ^ bits))
			n = n % 2 ^ bits
		end
	end
	return table.concat(out)
end

local escaped = { ["+"] = "%2B", ["/"] = "%2F", ["="] = "%3D" }
local requests, at = {}, 0

-- wrk would connect once and hang up, to see whether it can. The responder of openssl does not survive
-- that: it reads the end of the connection for ever.
function wrk.resolve(host, service)
	wrk.addrs = wrk.lookup(host, service)
end

function init(args)
	local method, file, media = args[1], args[2], args[3]
	local base = wrk.path:gsub("/$", "")
	for line in io.lines(file) do
		if method == "GET" then
			local path = line:gsub("[+/=]", escaped)
			requests[#requests + 1] = wrk.format("GET", base .. "/" .. path)
		else
			requests[#requests + 1] = wrk.format(method, wrk.path,
				{ ["Content-Type"] = media }, decode(line))
		end
	end
	math.randomseed(os.time())
	at = math.random(#requests)
end

function request()
	at = at % #requests + 1
	return requests[at]
end

function done(summary, latency)
	local e = summary.errors
	print(string.format("result: %.0f %.0f %.0f %d %d %.0f",
		summary.requests / summary.duration * 1e6, latency:percentile(50),
		latency:percentile(99), summary.requests,
		e.connect + e.read + e.write + e.status + e.timeout,
		summary.bytes / math.max(1, summary.requests)))
end
