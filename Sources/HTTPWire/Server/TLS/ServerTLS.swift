internal import NIOSSL
private import Synchronization

/// TLS of a listener: 1.2 or newer, no renegotiation, HTTP/1.1 only.
///
/// `replace` may be called from anywhere, at any time: handshakes that begin later use what is new, connections stay.
package final class ServerTLS: Sendable {
    private struct Current {
        let context: NIOSSLContext
        let expires: Int
    }

    private let current: Mutex<Current>

    package init(_ material: ServerTLSMaterial) throws(ServerTLSError) {
        current = Mutex(try ServerTLS.made(of: material))
    }

    /// Throws where the new material is no good; then the old stays.
    package func replace(with material: ServerTLSMaterial) throws(ServerTLSError) {
        let made = try ServerTLS.made(of: material)
        current.withLock { $0 = made }
    }

    /// When the certificate ends, in seconds since 1970.
    package var expires: Int { current.withLock { $0.expires } }

    var context: NIOSSLContext { current.withLock { $0.context } }

    private static func made(of material: ServerTLSMaterial) throws(ServerTLSError) -> Current {
        let chain = (try? NIOSSLCertificate.fromPEMBytes(material.certificates)) ?? []
        guard let leaf = chain.first else { throw .noCertificate }
        guard let key = try? NIOSSLPrivateKey(bytes: material.key, format: .pem) else { throw .noKey }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.renegotiationSupport = .none
        configuration.applicationProtocols = ["http/1.1"]
        if material.clientCertificates != .none {
            let roots = material.clientRoots.flatMap { try? NIOSSLCertificate.fromPEMBytes($0) } ?? []
            guard !roots.isEmpty else { throw .noClientRoots }
            configuration.trustRoots = .certificates(roots)
            configuration.sendCANameList = true
            configuration.certificateVerification =
                material.clientCertificates == .required ? .noHostnameVerification : .optionalVerification
        }
        // What is left to fail is that the two don't belong together.
        guard let context = try? NIOSSLContext(configuration: configuration) else { throw .mismatch }
        return Current(context: context, expires: Int(leaf.notValidAfter))
    }
}
