internal import NIOSSL

extension PeerCertificate {
    /// Nil where its subject can't be told without doubt: then it says nothing.
    init?(_ certificate: NIOSSLCertificate) {
        guard let der = try? certificate.toDERBytes(), let subject = CertificateSubject(ofCertificate: der) else {
            return nil
        }
        var dnsNames: [String] = []
        var uris: [String] = []
        for name in certificate._subjectAlternativeNames() {
            guard let text = PeerCertificate.visibleText(name.contents) else { continue }
            switch name.nameType {
            case .dnsName: dnsNames.append(text.lowercased())
            case .uri: uris.append(text)
            default: break
            }
        }
        self.init(subject: subject.text, dnsNames: dnsNames, uris: uris)
    }

    /// These names are of ASCII (RFC 5280 section 4.2.1.6). What can't be seen could make one pass for another.
    private static func visibleText(_ bytes: some Collection<UInt8>) -> String? {
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
