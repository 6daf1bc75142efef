private import FoundationEssentials
private import Messaging

/// Points in time as callers' keys have them: in whole seconds since 1970.
enum CallerTime {
    @Sendable static func now() -> Int64 { Int64(Date().timeIntervalSince1970) }

    /// A time (RFC 3339), or a day for its beginning in UTC.
    static func expiry(_ text: String) -> Int64? {
        (RFC3339Time.unixMicroseconds(text) ?? RFC3339Time.unixMicroseconds(text + "T00:00:00Z"))
            .map { $0 / 1_000_000 }
    }

    static func text(_ unixSeconds: Int64) -> String {
        // Six digits of a second tell nothing here.
        RFC3339Time.text(unixMicroseconds: unixSeconds * 1_000_000).prefix(19) + "Z"
    }
}
