internal import NIOSSL

/// TLS towards the upstream: 1.2 or newer, certificate and host name verified, always.
package struct UpstreamTLS: Sendable {
    let context: NIOSSLContext

    /// - Parameter trustFile: PEM certificates to trust instead of the system's. Throws where it can't be read.
    package init(trustFile: String?) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.trustRoots = trustFile.map { .file($0) } ?? .default
        configuration.applicationProtocols = ["http/1.1"]
        context = try NIOSSLContext(configuration: configuration)
    }
}
