/// What other servers forgive or overlook, as changes of the bytes before they come to our decoder: with them, ours
/// behaves as if it did so too.
enum Leniency: String, CaseIterable {
    case bareLineFeed = "takes a bare LF for the end of a line"
    case bareCarriageReturn = "takes CR CR LF for the end of a line"
    case spaceBeforeColon = "takes white space before a colon"
    case fold = "takes a folded line"
    case nul = "drops NUL"
    case signedLength = "takes a signed Content-Length"
    case listedLength = "takes the first of listed lengths"
    case overlooksLength = "overlooks Content-Length"
    case overlooksCoding = "overlooks Transfer-Encoding"
    case otherCodings = "takes chunked behind another coding"
    case prefixedSize = "takes 0x in front of a chunk's size"
    case spaceInSize = "takes a space behind a chunk's size"
    case doubleSpace = "takes two spaces in the request line"
    case otherVersions = "takes version 1.2 for 1.1"

    private var changes: [(from: String, to: String)] {
        switch self {
        case .bareLineFeed: [("\n", "\r\n"), ("\r\r\n", "\r\n")]
        case .bareCarriageReturn: [("\r\r\n", "\r\n")]
        case .spaceBeforeColon: [(" :", ":"), ("\t:", ":")]
        case .fold: [("\r\n ", " "), ("\r\n\t", " ")]
        case .nul: [("\u{0}", "")]
        case .signedLength: [("Content-Length: +", "Content-Length: "), ("Content-Length:+", "Content-Length:")]
        case .listedLength: (0...9).map { ("\($0), \($0)", "\($0)") }
        case .overlooksLength: [("Content-Length", "Xontent-Length")]
        case .overlooksCoding: [("Transfer-Encoding", "Xransfer-Encoding")]
        case .otherCodings: [("xchunked", "chunked"), ("gzip, chunked", "chunked"), ("chunked, chunked", "chunked")]
        case .prefixedSize: [("\r\n0x", "\r\n")]
        case .spaceInSize: [(" \r\n", "\r\n"), (" ;", ";")]
        case .doubleSpace: [("  ", " ")]
        case .otherVersions: [("HTTP/1.2", "HTTP/1.1")]
        }
    }

    func forgive(_ bytes: [UInt8]) -> [UInt8] {
        changes.reduce(bytes) { bytes, change in
            Leniency.replacing(Array(change.from.utf8), with: Array(change.to.utf8), in: bytes)
        }
    }

    private static func replacing(_ from: [UInt8], with to: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let first = rest.first {
            if rest.starts(with: from) {
                result += to
                rest = rest.dropFirst(from.count)
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result
    }
}
