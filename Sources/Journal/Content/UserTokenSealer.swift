private import Crypto
package import Messaging

/// Seals users' tokens: AES-256-GCM (NIST SP 800-38D) under a key that is made for that one sealing, which lies under a
/// master key. Destroying that key destroys the tokens, wherever a copy of them was left.
///
/// Both are bound to app and user, so that rows can't be exchanged. Pure but for the random keys; any thread.
package struct UserTokenSealer: Sendable {
    private let masterKeys: [MasterKey]

    /// Seals under the first key and opens what lies under any of them. Nil where there is none.
    package init?(masterKeys: [MasterKey]) {
        guard !masterKeys.isEmpty else { return nil }
        self.masterKeys = masterKeys
    }

    /// The id of the key under which tokens are sealed now.
    package var currentMaster: String { masterKeys[0].id }

    /// Throws where the random source fails.
    package func seal(_ payload: [UInt8], of user: AppUser) throws -> StoredUserTokens {
        let key = ContentSealer.makeRecordKey()
        let sealed = try AES.GCM.seal(
            payload, using: SymmetricKey(data: key), authenticating: UserTokenSealer.context("tokens", user))
        let wrapped = try AES.GCM.seal(
            key, using: masterKeys[0].key, authenticating: UserTokenSealer.context("key", user))
        // Nonce, ciphertext and tag; only a nonce of an unusual length leaves these nil.
        return StoredUserTokens(
            user: user, master: currentMaster, key: wrapped.combined.map(Array.init) ?? [],
            sealed: sealed.combined.map(Array.init) ?? []
        )
    }

    /// Nil where the master key is not at hand, or something was changed or exchanged.
    package func open(_ stored: StoredUserTokens) -> [UInt8]? {
        guard let master = masterKeys.first(where: { $0.id == stored.master }),
            let keyBox = try? AES.GCM.SealedBox(combined: stored.key),
            let key = try? AES.GCM.open(
                keyBox, using: master.key, authenticating: UserTokenSealer.context("key", stored.user)),
            let box = try? AES.GCM.SealedBox(combined: stored.sealed),
            let payload = try? AES.GCM.open(
                box, using: SymmetricKey(data: key), authenticating: UserTokenSealer.context("tokens", stored.user))
        else { return nil }
        return Array(payload)
    }

    /// No name has a zero byte, so no two users share a context.
    private static func context(_ field: String, _ user: AppUser) -> [UInt8] {
        Array("divar-gateway user \(field)\0\(user.app.text)\0\(user.name.text)".utf8)
    }
}
