/// What went on between two readings.
struct TrafficPoint: Sendable, Hashable {
    let time: Int64
    /// Answers a second by the class of their status.
    let rates: [String: Double]
    /// In seconds; nil where nothing was answered.
    let median: Double?
    let p95: Double?
    let p99: Double?
    /// The part of all reads that came from memory; nil where there were none.
    let hitShare: Double?
    /// What part of its limit each app has used.
    let quotas: [String: Double]

    init(from old: TrafficReading, to new: TrafficReading, bounds: [Double]) {
        (time, quotas) = (new.time, new.quotas)
        let seconds = Double(max(1, new.time - old.time))
        rates = new.answers.mapValues { $0 }.reduce(into: [:]) { rates, entry in
            rates[entry.key] = Double(max(0, entry.value - old.answers[entry.key, default: 0])) / seconds
        }
        let counts = new.upTo.enumerated().map { index, count in
            count - (index < old.upTo.count ? old.upTo[index] : 0)
        }
        let all = new.timed - old.timed
        func quantile(_ part: Double) -> Double? {
            TrafficPoint.quantile(part, upTo: counts, count: all, bounds: bounds)
        }
        (median, p95, p99) = (quantile(0.5), quantile(0.95), quantile(0.99))
        let reads = new.reads - old.reads
        hitShare = reads > 0 ? Double(new.hits - old.hits) / Double(reads) : nil
    }

    var rate: Double { rates.values.reduce(0, +) }

    /// As `histogram_quantile` of Prometheus has it: as if observations lay evenly within a bucket.
    static func quantile(_ part: Double, upTo: [Int], count: Int, bounds: [Double]) -> Double? {
        guard count > 0, !bounds.isEmpty, upTo.count == bounds.count else { return nil }
        let rank = part * Double(count)
        guard let index = upTo.firstIndex(where: { Double($0) >= rank }) else { return bounds.last }
        let (low, below) = index == 0 ? (0, 0) : (bounds[index - 1], upTo[index - 1])
        let within = Double(upTo[index] - below)
        return within > 0 ? low + (bounds[index] - low) * (rank - Double(below)) / within : bounds[index]
    }
}
