package import Messaging

/// The callers that are known, by their keys, users and certificates. Never changed: a reload makes another one.
///
/// The presented key is hashed before it is looked up, so what the time of a look-up tells is about the hash, which
/// nobody can steer without knowing the key.
package final class CallerDirectory: Sendable {
    private let everybody: Caller?
    private let keys: [CallerKeyDigest: KnownKey]
    private let users: [UInt32: KnownCaller]
    private let certificates: [CertificateName: KnownCaller]
    private let members: [CallerName: KnownCaller]

    /// Admits everybody as one caller: for listeners that only this machine reaches.
    package init(everybodyIs caller: Caller) {
        everybody = caller
        (keys, users, certificates, members) = ([:], [:], [:], [:])
    }

    /// - Parameters:
    ///   - predecessor: whose counts and times of use go on.
    ///   - clock: microseconds, monotonic.
    package init(
        _ entries: [CallerEntry],
        succeeding predecessor: CallerDirectory? = nil,
        clock: @escaping @Sendable () -> Int64
    ) {
        var keys: [CallerKeyDigest: KnownKey] = [:]
        var users: [UInt32: KnownCaller] = [:]
        var certificates: [CertificateName: KnownCaller] = [:]
        var members: [CallerName: KnownCaller] = [:]
        for entry in entries {
            let member = KnownCaller(entry, succeeding: predecessor?.members[entry.name], clock: clock)
            members[entry.name] = member
            for key in entry.keys {
                let lastUse = predecessor?.keys[key.digest]?.lastUse ?? LastUse()
                keys[key.digest] = KnownKey(entry: key, member: member, lastUse: lastUse)
            }
            for user in entry.userIDs { users[user] = member }
            for name in entry.certificates { certificates[name] = member }
        }
        everybody = nil
        (self.keys, self.users, self.certificates, self.members) = (keys, users, certificates, members)
    }

    package var admitsEverybody: Bool { everybody != nil }

    package func recognition(of credentials: CallerCredentials, at unixSeconds: Int64) -> CallerRecognition {
        if let everybody { return .known(everybody) }
        if let secret = credentials.key {
            guard let key = keys[CallerKeyDigest(of: secret)] else { return .unknown }
            guard !key.entry.isExpired(at: unixSeconds) else { return .expired(key.member.byKey) }
            let recognition = admitted(key.member, as: key.member.byKey, credentials, at: unixSeconds)
            if case .known = recognition { key.lastUse.note(unixSeconds) }
            return recognition
        }
        if let member = certified(by: credentials.certificateNames) {
            return admitted(member, as: member.byCertificate, credentials, at: unixSeconds)
        }
        if let member = credentials.userID.flatMap({ users[$0] }) {
            return admitted(member, as: member.byPeer, credentials, at: unixSeconds)
        }
        return .unknown
    }

    /// When each key and each caller was last seen, in seconds since 1970, of those that were.
    package var uses: CallerUses {
        var uses = CallerUses()
        for (digest, key) in keys { uses.keys[digest] = key.lastUse.unixSeconds }
        for (name, member) in members { uses.callers[name] = member.lastUse.unixSeconds }
        return uses
    }

    /// A certificate that has the names of two callers is nobody's.
    private func certified(by names: [CertificateName]) -> KnownCaller? {
        var found: KnownCaller?
        for name in names {
            guard let member = certificates[name] else { continue }
            guard found == nil || found === member else { return nil }
            found = member
        }
        return found
    }

    private func admitted(
        _ member: KnownCaller,
        as caller: Caller,
        _ credentials: CallerCredentials,
        at unixSeconds: Int64
    ) -> CallerRecognition {
        // A Unix socket has no addresses; its file's permissions say who comes near.
        if !member.addresses.isEmpty, let text = credentials.address {
            guard let address = IPAddress(text), member.addresses.contains(where: { $0.contains(address) }) else {
                return .elsewhere(caller)
            }
        }
        member.lastUse.note(unixSeconds)
        return .known(caller, meter: member.meter)
    }
}
