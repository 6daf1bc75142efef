internal import NIOCore
private import NIOSSL

/// A TLS handshake that came to nothing: who tried, and what was wrong in the words of the library.
package struct FailedHandshake: Sendable, Hashable {
    package typealias Report = @Sendable (FailedHandshake) -> Void

    /// Without the port, which is another one each time.
    package let address: String
    package let reason: String

    init(_ address: SocketAddress?, reason: String) {
        (self.address, self.reason) = (address?.ipAddress ?? "unknown", reason)
    }

    static let tooLong = "it took too long"
    static let gone = "the client closed the connection"

    /// Nil for what isn't about TLS.
    static func reason(of error: any Error) -> String? {
        switch error {
        case NIOSSLError.handshakeFailed(let failure): words(in: "\(failure)") ?? "the handshake failed"
        case NIOSSLError.uncleanShutdown: gone
        case let error as NIOSSLError: words(in: "\(error)") ?? "\(error)"
        case let error as BoringSSLError: words(in: "\(error)") ?? "the handshake failed"
        case let error as NIOSSLExtraError: words(in: "\(error)") ?? "the certificate was refused"
        default: nil
        }
    }

    /// Such as `CERTIFICATE_VERIFY_FAILED`: around it stand numbers, and paths of the machine that it was built on.
    private static func words(in text: String) -> String? {
        guard let mark = text.firstRange(of: "OPENSSL_internal:") else { return nil }
        let words = text[mark.upperBound...].prefix { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
        return words.isEmpty ? nil : words.lowercased().split(separator: "_").joined(separator: " ")
    }
}
