internal import HTTPWire
internal import Messaging

extension CallerCredentials {
    /// - Parameter key: what the call presents; the certificate isn't looked into where there is one, for then it
    ///   doesn't count.
    init(key: Secret?, of peer: Peer) {
        let names = key == nil ? peer.certificate.map(CallerCredentials.names) : nil
        self.init(key: key, userID: peer.userID, certificateNames: names ?? [], address: peer.host)
    }

    /// Every name that can be compared. A wildcard in a certificate isn't one.
    private static func names(of certificate: PeerCertificate) -> [CertificateName] {
        let subject = DistinguishedName(certificate.subject).map(CertificateName.subject)
        return [subject].compactMap { $0 } + certificate.dnsNames.compactMap { CertificateName(dns: $0) }
            + certificate.uris.map(CertificateName.uri)
    }
}
