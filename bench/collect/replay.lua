-- Sends the requests of the file CORPUS, each once: thread N of THREADS takes every THREADS-th.
local requests, at, count = {}, 0, 0
local threads_made = 0

-- In wrk's own state; what it sets is a global of the thread's.
function setup(thread)
  thread:set("number", threads_made)
  threads_made = threads_made + 1
end

function init()
  local file = assert(io.open(os.getenv("CORPUS"), "rb"))
  local threads = tonumber(os.getenv("THREADS"))
  local serial = 0
  while true do
    local head = file:read(4)
    if not head then break end
    local a, b, c, d = head:byte(1, 4)
    local text = file:read(a + b * 256 + c * 65536 + d * 16777216)
    if serial % threads == number then
      count = count + 1
      requests[count] = text
    end
    serial = serial + 1
  end
  file:close()
end

-- Milliseconds between an answer and the next request of a connection, a little different each time.
local pause = tonumber(os.getenv("PAUSE_MS") or "0")
if pause > 0 then
  function delay()
    return math.floor(pause * (0.5 + math.random()))
  end
end

function request()
  at = at + 1
  if at > count then
    wrk.thread:stop()
    return requests[count]
  end
  return requests[at]
end
