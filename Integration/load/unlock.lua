-- For wrk: posts unlock_door to one lock after the other.
-- Arguments after `--`: the API key, then the device ids.

dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "statuses.lua")

function init(args)
    ids = {}
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
