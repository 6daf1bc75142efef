import Messaging

@testable import Custody

let credentialTargets = [
    FuzzTarget("divar-key", checkKey),
    FuzzTarget("token-answer", checkTokenAnswer),
]

/// What a file or a command gives is one word that a field can hold, or no key: never a page, a shell's error or a
/// second line.
private func checkKey(_ bytes: [UInt8]) {
    guard let key = KeySource.key(in: bytes) else { return }
    require(!key.isEmpty && key.count <= KeySource.maximumKeyLength, "a key has a length")
    require(key.allSatisfy { (0x21...0x7E).contains($0) }, "a key is visible ASCII")
    require(bytes.firstRange(of: key) != nil, "and stands there as it is")
    require(bytes.count { $0 > 0x20 } == key.count, "with nothing beside it")
    require(KeySource.key(in: key) == key, "and is one by itself")
}

/// Tokens are what a field can hold, for a time that ends; anything else is no answer.
private func checkTokenAnswer(_ bytes: [UInt8]) {
    guard let pair = TokenPair(answer: bytes) else { return }
    require(pair.lifeSeconds > 0, "a token lives")
    pair.accessToken.secret.withExposedText { text in
        require(!text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a token is visible ASCII")
        require(text.utf8.count <= AccessToken.maximumLength, "and not too long")
    }
}
