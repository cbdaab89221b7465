-- For wrk: posts unlock_door to one lock after the other and counts the answers by status.
-- Arguments after `--`: the API key, then the device ids. Prints one line of JSON at the end.

local threads = {}

function setup(thread)
    table.insert(threads, thread)
    thread:set("first", #threads)
end

function init(args)
    ids, statuses, count = {}, {}, 0
    headers = { ["authorization"] = "Bearer " .. args[1], ["content-type"] = "application/json" }
    for index = 2, #args do
        ids[#ids + 1] = args[index]
    end
    next_lock = first
end

function request()
    next_lock = next_lock % #ids + 1
    return wrk.format("POST", "/locks/unlock_door", headers, '{"device_id":"' .. ids[next_lock] .. '"}')
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
