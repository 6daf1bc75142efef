internal import HTTPWire
internal import Messaging
internal import NIOCore
internal import Yams

/// Reads `upstream`.
struct UpstreamReader {
    private let mapping: MappingReader

    private static let divar = "https://open-api.divar.ir"
    private static let divarUpload = "https://chat.divar.ir/upload"

    init(_ mapping: MappingReader) {
        self.mapping = mapping
    }

    func read(sandbox: SandboxTarget?) -> Configuration.Upstream? {
        let baseURL = mapping.value("base_url", "https://HOST or https://HOST:PORT", UpstreamReader.guardedOrigin)
        let uploadURL = mapping.value("upload_url", "an absolute http or https URL", UpstreamReader.url)
        let trustFile = mapping.string("ca_file")?.text
        let connect = mapping.duration("connect_timeout", in: .milliseconds(10) ... .seconds(60))
        let deadline = mapping.duration("deadline", in: .milliseconds(10) ... .seconds(300))
        let idle = mapping.duration("idle_timeout", in: .milliseconds(100) ... .seconds(3600))
        let connections = mapping.integer("connections_per_loop", in: 1...10_000)
        let queue = mapping.integer("queue_per_loop", in: 1...1_000_000)
        let answerBytes = mapping.byteCount("answer_bytes", in: 1024...64 * 1024 * 1024)
        let allowed = addressRanges()
        mapping.reportUnknownKeys()
        guard let origin = sandbox?.origin ?? baseURL ?? Origin(UpstreamReader.divar) else { return nil }
        var upstream = Configuration.Upstream(
            baseURL: origin,
            uploadURL: sandbox?.uploadURL ?? uploadURL ?? UpstreamReader.divarUpload,
            trustFile: sandbox == nil ? trustFile : nil
        )
        upstream.allowedAddresses = allowed
        if let deadline { upstream.deadline = TimeAmount(deadline) }
        if let connect { upstream.limits.connect = TimeAmount(connect) }
        if let idle { upstream.limits.idle = TimeAmount(idle) }
        if let connections { upstream.limits.connectionsPerLoop = connections }
        if let queue { upstream.limits.waitersPerLoop = queue }
        if let answerBytes { upstream.limits.answerBytes = answerBytes }
        return upstream
    }

    private func addressRanges() -> [AddressRange] {
        mapping.list("allow_addresses").compactMap { node in
            let range = node.scalar.flatMap { AddressRange($0.string) }
            if range == nil {
                mapping.problems.add(
                    "must be IP addresses or ranges of them, such as 10.1.2.3, 10.0.0.0/8 or fd00::/8",
                    at: mapping.path(of: "allow_addresses"), node: node
                )
            }
            return range
        }
    }

    /// Plain http would show the key to everybody on the way, so it only goes to this machine.
    private static func guardedOrigin(_ text: String) -> Origin? {
        guard let origin = Origin(text) else { return nil }
        let isLocal = ListenAddress.tcp(host: origin.host, port: origin.port).isLocal
        return origin.scheme == .https || isLocal ? origin : nil
    }

    /// It is only handed to callers, so its form is all that matters.
    private static func url(_ text: String) -> String? {
        let lowercased = text.lowercased()
        let scheme = ["https://", "http://"].first { lowercased.hasPrefix($0) && text.utf8.count > $0.utf8.count }
        guard scheme != nil, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
