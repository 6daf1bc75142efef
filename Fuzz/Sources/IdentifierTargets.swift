import Custody
import DivarAPI
import Messaging

@testable import HTTPWire

let identifierTargets = [
    FuzzTarget("percent-encoding", checkPercentEncoding),
    FuzzTarget("identifiers", checkIdentifiers),
    FuzzTarget("addresses", checkAddresses),
]

/// Encoding loses nothing, and no identifier leads to another place than its template's.
private func checkPercentEncoding(_ bytes: [UInt8]) {
    let text = bytes.text
    if let decoded = PercentEncoding.decoded(text) {
        require(PercentEncoding.decoded(PercentEncoding.encoded(decoded)) == decoded, "what was decoded stays the same")
    }
    require(
        PercentEncoding.decoded(PercentEncoding.encoded(text)).map { Array($0.utf8) } == Array(text.utf8), "and back")
    for endpoint in Catalogue.endpoints where endpoint.operation != .createUploadToken {
        if let path = endpoint.path.path(identifier: text) {
            require(path.split(separator: "/").count == endpoint.path.segments.count, "an identifier is one segment")
        }
        _ = endpoint.path.identifier(in: text)
    }
}

/// What is taken for an identifier is kept byte by byte.
private func checkIdentifiers(_ bytes: [UInt8]) {
    let text = bytes.text
    let kept: [String?] = [
        ConversationID(text)?.text, UserID(text)?.text, PostToken(text)?.text, MediaToken(text)?.text,
        IconName(text)?.text, AppName(text)?.text, CallerName(text)?.text, IdempotencyKey(text)?.text,
        AccessToken(text)?.secret.withExposedText(\.self),
    ]
    for identifier in kept.compactMap(\.self) {
        require(Array(identifier.utf8) == Array(text.utf8), "an identifier is its text")
        require(identifier.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "and visible ASCII")
    }
    if let id = MessageID(text) {
        require(id.description == text.lowercased(), "a message's id is its text")
        require(MessageID(bytes: id.bytes) == id, "and its bytes")
        require(MessageID(id.description) == id, "and its description")
    }
    if let id = MessageID(bytes: bytes) { require(id.bytes == bytes, "sixteen bytes stay the same") }
    if let decoded = Hexadecimal.bytes(text) {
        require(Hexadecimal.text(decoded) == text.lowercased(), "hexadecimal digits are their bytes")
    }
}

/// An address reads the same once it is written.
private func checkAddresses(_ bytes: [UInt8]) {
    let text = bytes.text
    if let address = ListenAddress(text) {
        require(ListenAddress(address.description) == address, "a listener's address stays the same")
    }
    if let origin = Origin(text) {
        require(Origin(origin.description) == origin, "an origin stays the same")
        require(origin.authority.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a Host field is visible ASCII")
    }
    if let address = IPAddress(text) {
        require(AddressRange(text)?.contains(address) == true, "an address is a range that holds it")
    }
    if let range = AddressRange(text), let address = IPAddress(String(text.prefix { $0 != "/" })) {
        require(range.contains(address), "a range holds the address that it begins with")
    }
    if let authority = Authority(text) {
        require(
            Authority(Authority.text(host: authority.host, port: authority.port)) == authority, "so does an authority")
    }
}
