-- A listener's mixture through the balancer: list, detail, info and a piece of sound. Each request comes from another client,
-- so that no quota is what is measured. arguments: the id of a debate with sound; prints one line of JSON at the end.
local paths = {}
local count = 0

function init(args)
  local id = args[1]
  paths = { "/api/debates", "/api/debates/" .. id, "/api/streaming/" .. id .. "/info", "/api/streaming/" .. id .. "/stream" }
end

function request()
  count = count + 1
  local headers = { ["X-Forwarded-For"] = string.format("10.%d.%d.%d", math.floor(count / 65536) % 256, math.floor(count / 256) % 256, count % 256) }
  local path = paths[count % #paths + 1]
  if path:sub(-7) == "/stream" then headers["Range"] = "bytes=" .. (count % 100) * 1000 .. "-" .. (count % 100) * 1000 + 65535 end
  return wrk.format("GET", path, headers)
end

function done(summary)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}\n',
    summary.requests, e.connect, e.read, e.write, e.status, e.timeout))
end
