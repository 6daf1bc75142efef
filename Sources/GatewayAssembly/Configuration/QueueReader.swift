internal import Delivery

/// Reads `queue`.
struct QueueReader {
    private let mapping: MappingReader

    init(_ mapping: MappingReader) {
        self.mapping = mapping
    }

    /// Gives the settings, and where the key is that seals what waits.
    func read() -> (settings: SendQueueSettings, keyPath: String?) {
        var settings = SendQueueSettings()
        if let count = mapping.integer("max_messages", in: 1...1_000_000) { settings.maximumMessages = count }
        if let count = mapping.integer("concurrency", in: 1...1000) { settings.maximumUnderWay = count }
        if let time = time("expires_after") { settings.defaultPatience = time }
        if let time = time("max_expires_after") { settings.maximumPatience = time }
        if let time = time("keep_failed") { settings.keepFailed = time }
        if settings.defaultPatience > settings.maximumPatience {
            mapping.problems.add(
                "must not be longer than queue.max_expires_after", at: mapping.path(of: "expires_after"),
                line: mapping.line)
        }
        let path = mapping.string("key_file")?.text
        mapping.reportUnknownKeys()
        return (settings, path)
    }

    private func time(_ key: String) -> Int64? {
        mapping.duration(key, in: .seconds(1) ... .seconds(30 * 86_400)).map { Int64($0 / .microseconds(1)) }
    }
}
