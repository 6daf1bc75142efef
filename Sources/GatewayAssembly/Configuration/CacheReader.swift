internal import ConversationCache

/// Reads `cache`.
struct CacheReader {
    private let mapping: MappingReader

    init(_ mapping: MappingReader) {
        self.mapping = mapping
    }

    func read() -> CacheSettings {
        var settings = CacheSettings()
        if let bytes = mapping.byteCount("max_bytes", in: 0...(1 << 40)) { settings.maximumBytes = bytes }
        if let time = time("ttl") { settings.ttl = time }
        if let time = time("negative_ttl") { settings.negativeTTL = time }
        if let time = time("stale_while_revalidate") { settings.staleWhileRevalidate = time }
        if let time = time("stale_if_error") { settings.staleIfError = time }
        mapping.reportUnknownKeys()
        return settings
    }

    private func time(_ key: String) -> Int64? {
        mapping.duration(key, in: .zero ... .seconds(86_400)).map { Int64($0 / .microseconds(1)) }
    }
}
