-- For wrk: gets one path after the other and counts the answers by status.
-- Arguments after `--`: the API key, then the paths; one argument that begins with @ is a file with a path in each line.
-- Prints one line of JSON at the end.

local threads = {}

function setup(thread)
    table.insert(threads, thread)
    thread:set("first", #threads)
end

function init(args)
    requests, statuses = {}, {}
    local headers = { ["authorization"] = "Bearer " .. args[1] }
    local function add(path)
        requests[#requests + 1] = wrk.format("GET", path, headers)
    end
    for index = 2, #args do
        if args[index]:sub(1, 1) == "@" then
            for path in io.lines(args[index]:sub(2)) do add(path) end
        else
            add(args[index])
        end
    end
    next_request = first * 7919
end

function request()
    next_request = next_request % #requests + 1
    return requests[next_request]
end

function response(status)
    statuses[status] = (statuses[status] or 0) + 1
end

function done(summary, latency)
    local total = {}
    for _, thread in ipairs(threads) do
        for status, number in pairs(thread:get("statuses")) do
            total[status] = (total[status] or 0) + number
        end
    end
    local parts = {}
    for status, number in pairs(total) do
        parts[#parts + 1] = string.format('"%d": %d', status, number)
    end
    local errors = summary.errors
    io.write(string.format(
        '\nSUMMARY {"statuses": {%s}, "socket_errors": %d, "p50_ms": %.2f, "p99_ms": %.2f, "seconds": %.2f}\n',
        table.concat(parts, ", "), errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.duration / 1e6
    ))
end
