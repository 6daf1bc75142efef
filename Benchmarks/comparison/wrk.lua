-- Sends one request again and again, whose method and body come in the environment. Prints what a run gave as one line of
-- numbers, in the order that load.py reads.
wrk.method = os.getenv("METHOD") or "GET"
local body = os.getenv("BODY")
if body ~= nil and body ~= "" then wrk.body = body end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("result %d %d %d %d %d %d %d %d %d %d\n",
    summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
