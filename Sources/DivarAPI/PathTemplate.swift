private import Messaging

/// A path of which one segment may be an identifier (a small part of RFC 6570).
///
/// The identifier is percent-encoded but for unreserved characters (RFC 3986 section 2.3), and the path that comes out
/// is taken apart again before use: it must have the template's segments and no other.
package struct PathTemplate: Sendable, Hashable, CustomStringConvertible {
    package enum Segment: Sendable, Hashable {
        case literal(String)
        case identifier(String)
    }

    package let segments: [Segment]

    /// - Parameter template: such as `/v1/things/{thing_id}/parts`; a segment in braces is the identifier.
    package init(_ template: String) {
        segments = template.split(separator: "/").map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? .identifier(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
    }

    /// The path with that identifier in it, or nil where the result would not be what the template says.
    package func path(identifier: String = "") -> String? {
        let path = segments.reduce(into: "") { path, segment in
            switch segment {
            case .literal(let text): path += "/" + text
            case .identifier: path += "/" + PercentEncoding.encoded(identifier)
            }
        }
        return self.identifier(in: path) == identifier ? path : nil
    }

    /// The identifier that stands in a path of this form (empty for a form without one), or nil for any other path.
    package func identifier(in path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.first == "", parts.count == segments.count + 1 else { return nil }
        var identifier = ""
        for (segment, part) in zip(segments, parts.dropFirst()) {
            switch segment {
            case .literal(let text):
                guard text == part else { return nil }
            case .identifier:
                guard let decoded = PercentEncoding.decoded(part), !decoded.isEmpty, decoded != ".", decoded != ".."
                else { return nil }
                identifier = decoded
            }
        }
        return identifier
    }

    package var description: String {
        segments.reduce(into: "") { text, segment in
            switch segment {
            case .literal(let literal): text += "/" + literal
            case .identifier(let name): text += "/{" + name + "}"
            }
        }
    }
}
