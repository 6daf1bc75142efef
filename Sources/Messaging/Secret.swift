private import Glibc

/// What must not be seen: a Divar key, a user's token, a caller's key.
///
/// - Printing, interpolating, dumping or mirroring one gives `[redacted]`. It is neither `Hashable` nor `Codable`.
/// - Comparing takes the same time wherever the difference lies. The length shows, and is no secret: keys of one kind
///   have one length, which is written in public.
/// - Its memory is zeroed when the last copy of it goes.
/// - `withExposedText` and `withExposedBytes` are the only ways in. Every place that uses one is on the list of
///   `SecretOpeningTests`, so that a new one has to be argued for.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let bytes: SecretBytes

    /// Copies the text; whoever made it has it still. What holds bytes uses `init(erasing:)`.
    package init(_ text: String) {
        bytes = SecretBytes(copying: text.utf8)
    }

    /// Takes bytes over: zeros stand in their place afterwards. Where something else shares the array, that keeps them.
    package init(erasing source: inout [UInt8]) {
        bytes = SecretBytes(copying: source)
        unsafe source.withUnsafeMutableBytes { memory in
            if let start = memory.baseAddress { unsafe explicit_bzero(start, memory.count) }
        }
        source = []
    }

    init(_ bytes: SecretBytes) {
        self.bytes = bytes
    }

    package var byteCount: Int { bytes.count }

    /// Opens it as bytes, which can't outlive the call. For all that doesn't need a `String`: one is a copy that nobody
    /// zeroes.
    package func withExposedBytes<Result, Failure: Error>(
        _ use: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withBytes(use)
    }

    /// Opens it as text. The text is a copy and outlives the secret, in memory that is free but not zeroed.
    package func withExposedText<Result, Failure: Error>(
        _ use: (String) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try use(bytes.withBytes { unsafe $0.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) } })
    }

    package static func == (left: Secret, right: Secret) -> Bool {
        left.bytes.isEqual(to: right.bytes)
    }

    package var description: String { "[redacted]" }
    package var debugDescription: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
