-- For wrk: gets one path after the other.
-- Arguments after `--`: the API key, then the paths; one argument that begins with @ is a file with a path in each line.

dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../../Integration/load/statuses.lua")

function init(args)
    requests = {}
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
