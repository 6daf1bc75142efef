internal import NIOSSL
private import SwiftASN1
private import X509

extension PeerCertificate {
    /// Nil where it can't be read, which a verified certificate always can.
    init?(_ shown: NIOSSLCertificate) {
        guard let bytes = try? shown.toDERBytes(), let certificate = try? Certificate(derEncoded: bytes) else {
            return nil
        }
        var dnsNames: [String] = []
        var uris: [String] = []
        for name in (try? certificate.extensions.subjectAlternativeNames) ?? SubjectAlternativeNames() {
            switch name {
            case .dnsName(let name): dnsNames.append(name)
            case .uniformResourceIdentifier(let uri): uris.append(uri)
            default: break
            }
        }
        self.init(subject: "\(certificate.subject)", dnsNames: dnsNames, uris: uris)
    }
}
