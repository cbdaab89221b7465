-- For wrk's scripts: counts the answers by status, and prints one line of JSON at the end.
-- Each thread gets its number, from 1, as `first`.

local threads = {}
statuses = {}

function setup(thread)
    table.insert(threads, thread)
    thread:set("first", #threads)
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
