internal import Custody
internal import Egress
internal import HTTPWire
internal import NIOCore

/// Reads `events`.
struct EventsReader {
    private let mapping: MappingReader

    init(_ mapping: MappingReader) {
        self.mapping = mapping
    }

    /// Nil where no events are expected.
    func read() -> Configuration.Events? {
        let node = mapping.take("identification_key")
        let key = node.flatMap {
            AppsReader.source($0, path: mapping.path(of: "identification_key"), problems: mapping.problems)
        }
        let deadline = mapping.duration("deadline", in: .milliseconds(10) ... .seconds(300)) ?? .seconds(5)
        let target = mapping.value("forward_to", "an http or https URL", EventsReader.target)
        mapping.reportUnknownKeys()
        if node == nil, target != nil {
            mapping.problems.add(
                "must say where the key is by which Divar's events are known, since events.forward_to is set",
                at: mapping.path(of: "identification_key"), line: mapping.line
            )
        }
        guard let key else { return nil }
        let forward = target.map {
            EventSettings(origin: $0.origin, path: $0.path, deadline: TimeAmount(deadline))
        }
        return Configuration.Events(identificationKey: key, forward: forward)
    }

    /// Takes a URL apart; nil where it has credentials, a fragment or characters that no URL has.
    static func target(_ text: String) -> (origin: Origin, path: String)? {
        guard let separator = text.firstRange(of: "://"), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !text.contains("#")
        else { return nil }
        let authority = text[separator.upperBound...].prefix { $0 != "/" && $0 != "?" }
        let path = text[authority.endIndex...]
        guard let origin = Origin(String(text[..<authority.endIndex])) else { return nil }
        return (origin, path.hasPrefix("/") ? String(path) : "/" + path)
    }
}
