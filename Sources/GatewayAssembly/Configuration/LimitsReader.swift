internal import HTTPWire
internal import InternalAPI
internal import NIOCore

/// Reads `limits`.
struct LimitsReader {
    private let mapping: MappingReader

    init(_ mapping: MappingReader) {
        self.mapping = mapping
    }

    func serverLimits() -> ServerLimits {
        var limits = ServerLimits()
        let times: ClosedRange<Duration> = .milliseconds(10) ... .seconds(3600)
        if let bytes = mapping.byteCount("request_line", in: 256...64 * 1024) { limits.requestLineBytes = bytes }
        if let bytes = mapping.byteCount("header", in: 1024...64 * 1024) { limits.headerBytes = bytes }
        if let count = mapping.integer("header_fields", in: 8...256) { limits.headerFields = count }
        if let time = mapping.duration("header_read", in: times) { limits.headerRead = TimeAmount(time) }
        if let time = mapping.duration("body_read", in: times) { limits.bodyRead = TimeAmount(time) }
        if let time = mapping.duration("idle", in: times) { limits.idle = TimeAmount(time) }
        if let time = mapping.duration("response_write", in: times) { limits.responseWrite = TimeAmount(time) }
        if let count = mapping.integer("connections", in: 1...1_000_000) { limits.connections = count }
        if let count = mapping.integer("connections_per_address", in: 1...1_000_000) {
            limits.connectionsPerAddress = count
        }
        return limits
    }

    func messageLimits() -> MessageLimits {
        var limits = MessageLimits()
        if let bytes = mapping.byteCount("body", in: 1024...1024 * 1024) { limits.bodyBytes = bytes }
        if let count = mapping.integer("text_characters", in: 1...1_000_000) { limits.textCharacters = count }
        return limits
    }

    func finish() {
        mapping.reportUnknownKeys()
    }
}
