internal import Delivery

/// Reads `overload`.
struct OverloadReader {
    private let mapping: MappingReader

    init(_ mapping: MappingReader) {
        self.mapping = mapping
    }

    func read() -> OverloadSettings {
        var settings = OverloadSettings()
        if let count = mapping.integer("min_concurrency", in: 1...10_000) { settings.minimumConcurrency = count }
        if let count = mapping.integer("max_concurrency", in: 1...100_000) { settings.maximumConcurrency = count }
        if let count = mapping.integer("queue", in: 0...1_000_000) { settings.queue = count }
        if let time = time("max_wait") { settings.maximumWait = time }
        let breaker = mapping.mapping("breaker")
        if let percent = breaker.integer("failure_percent", in: 1...100) { settings.failurePercent = percent }
        if let count = breaker.integer("min_calls", in: 1...100_000) { settings.minimumCalls = count }
        if let time = breaker.duration("window", in: .seconds(1) ... .seconds(600)) {
            settings.window = Int64(time / .microseconds(1))
        }
        if let time = breaker.duration("open_for", in: .milliseconds(10) ... .seconds(600)) {
            settings.openFor = Int64(time / .microseconds(1))
        }
        breaker.reportUnknownKeys()
        if let percent = mapping.integer("retry_percent", in: 0...100) {
            settings.retryBudgetPercent = percent
            // None at all means none.
            if percent == 0 { settings.retriesPerSecond = 0 }
        }
        if let time = mapping.duration("hedge_reads_after", in: .milliseconds(1) ... .seconds(60)) {
            settings.hedgeReadsAfter = Int64(time / .microseconds(1))
        }
        mapping.reportUnknownKeys()
        return settings
    }

    private func time(_ key: String) -> Int64? {
        mapping.duration(key, in: .zero ... .seconds(60)).map { Int64($0 / .microseconds(1)) }
    }
}
