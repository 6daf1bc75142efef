/// Of documents asked for, and of their bytes.
struct HitRatio {
    private var requests = 0
    private var hits = 0
    private var bytes = 0
    private var hitBytes = 0

    var byCount: Double { requests > 0 ? Double(hits) / Double(requests) : 0 }
    var byBytes: Double { bytes > 0 ? Double(hitBytes) / Double(bytes) : 0 }

    mutating func add(isHit: Bool, bytes size: Int) {
        requests += 1
        bytes += size
        guard isHit else { return }
        hits += 1
        hitBytes += size
    }

    /// Plays a trace. Its first fifth fills the cache and doesn't count.
    init(of trace: Trace, bodies: [Int], under policy: some EvictionPolicy) {
        var policy = policy
        for (time, key) in trace.requests.enumerated() {
            let isHit = policy.request(key)
            if time * 5 >= trace.requests.count { add(isHit: isHit, bytes: bodies[key]) }
        }
    }

    init() {}
}
