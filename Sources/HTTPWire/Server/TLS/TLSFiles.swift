private import NIOCore
internal import NIOSSL

/// The files of a listener, read, checked against each other, and made into what connections need.
struct TLSFiles {
    /// The files' bytes, for as long as it takes to look at them.
    struct Contents {
        let certificate: [UInt8]
        let key: [UInt8]
        let clientAuthority: [UInt8]?
        /// Tells contents apart; means something only within this process.
        let digest: Int

        init(_ settings: ListenerTLSSettings) throws(TLSFileProblem) {
            certificate = try TLSFile.read(settings.certificatePath, as: .certificate)
            key = try TLSFile.read(settings.keyPath, as: .key)
            clientAuthority =
                if let path = settings.clientAuthorityPath, settings.clientCertificates != .none {
                    try TLSFile.read(path, as: .clientAuthority)
                } else { nil }
            var hasher = Hasher()
            hasher.combine(certificate)
            hasher.combine(key)
            hasher.combine(clientAuthority)
            digest = hasher.finalize()
        }
    }

    let context: NIOSSLContext
    /// Seconds since 1970.
    let expires: Int
    let digest: Int

    init(_ settings: ListenerTLSSettings) throws(TLSFileProblem) {
        self = try TLSFiles(Contents(settings), settings)
    }

    init(_ contents: Contents, _ settings: ListenerTLSSettings) throws(TLSFileProblem) {
        let chain = try TLSFiles.certificates(contents.certificate, .certificate, path: settings.certificatePath)
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(bytes: contents.key, format: .pem) { refuse in refuse([UInt8]()) }
        } catch {
            throw TLSFileProblem(.key, "\(settings.keyPath) holds no private key in PEM, or one under a passphrase")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)
        )
        TLSFiles.harden(&configuration)
        if let bytes = contents.clientAuthority, let path = settings.clientAuthorityPath {
            let authorities = try TLSFiles.certificates(bytes, .clientAuthority, path: path)
            configuration.trustRoots = .certificates(authorities)
            configuration.certificateVerification =
                settings.clientCertificates == .required ? .noHostnameVerification : .optionalVerification
            // A client with several certificates learns which one is meant.
            configuration.sendCANameList = true
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSFileProblem(
                .key, "the key in \(settings.keyPath) does not belong to the certificate in \(settings.certificatePath)"
            )
        }
        expires = chain[0].notValidAfter
        digest = contents.digest
    }

    /// TLS 1.2 and 1.3 alone, and of 1.2 the suites that are not broken: ephemeral keys and authenticated encryption.
    private static func harden(_ configuration: inout TLSConfiguration) {
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuites = "ECDHE+AESGCM:ECDHE+CHACHA20"
        configuration.applicationProtocols = ["http/1.1"]
        configuration.renegotiationSupport = .none
        // `TLSConnectionEnd` doesn't wait for it; what is left of a closed connection is forgotten then.
        configuration.shutdownTimeout = .seconds(1)
    }

    private static func certificates(
        _ bytes: [UInt8],
        _ file: TLSFileProblem.File,
        path: String
    ) throws(TLSFileProblem) -> [NIOSSLCertificate] {
        guard let found = try? NIOSSLCertificate.fromPEMBytes(bytes), !found.isEmpty else {
            throw TLSFileProblem(file, "\(path) holds no certificate in PEM")
        }
        return found
    }
}
