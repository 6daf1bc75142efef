/// The keys of one app: which a call tries first, and which new one is to be trusted.
///
/// Every place of the configuration has a key. One that Divar refused goes behind the others for what it was refused
/// for; when its time comes one call tries it first again, which costs that call one attempt that is refused before
/// anything is done. A key that comes while the gateway runs is a candidate: it goes behind all until a probe or a call
/// shows that Divar takes it, and the one before it stays until then. Times are microseconds of the monotonic clock.
package struct KeyRing: Sendable {
    /// A candidate is probed at once; where that decided nothing or it was refused, again after 5 s, doubled up to ten
    /// minutes.
    package static let firstProbeBackoff: Int64 = 5_000_000
    package static let maximumProbeBackoff: Int64 = 600_000_000
    /// For a probe to come back with its result.
    static let probePatience: Int64 = 60_000_000

    private struct Candidate {
        let key: KeyID
        let permissions: Set<String>?
        var nextProbe: Int64
        var backoff = KeyRing.firstProbeBackoff
        var isRejected = false
    }

    private struct Place {
        var trusted: TrustedKey
        var candidate: Candidate?
    }

    private var places: [Place]

    /// The keys that are there at the start are trusted: it must not depend on Divar.
    package init(_ keys: [(key: KeyID, permissions: Set<String>?)]) {
        places = keys.map { Place(trusted: TrustedKey(key: $0.key, permissions: $0.permissions)) }
    }

    /// The keys for a call, best first. Where a refused one is due, this call tries it.
    package mutating func order(for permission: String, now: Int64) -> [KeyID] {
        var (good, candidates, refused): ([KeyID], [KeyID], [KeyID]) = ([], [], [])
        for index in places.indices {
            if let candidate = places[index].candidate, KeyRing.admits(candidate.permissions, permission) {
                candidates.append(candidate.key)
            }
            guard KeyRing.admits(places[index].trusted.permissions, permission) else { continue }
            let isUsed = places[index].trusted.takeTurn(for: permission, now: now)
            if isUsed { good.append(places[index].trusted.key) } else { refused.append(places[index].trusted.key) }
        }
        return good + candidates + refused
    }

    private static func admits(_ permissions: Set<String>?, _ permission: String) -> Bool {
        permissions?.contains(permission) ?? true
    }

    // MARK: What calls show

    /// - Parameter permission: what the call asked for.
    package mutating func learn(_ sighting: KeySighting, permission: String, now: Int64) -> KeyChange? {
        switch sighting {
        case .accepted(let key):
            if let index = places.firstIndex(where: { $0.candidate?.key == key }) { return trust(index) }
            return at(key) { $0.accepted(for: permission) ? .back(key) : nil }
        case .refused(let key, let isKnown):
            if let index = places.firstIndex(where: { $0.candidate?.key == key }) {
                // That it isn't allowed one thing doesn't make it a wrong key.
                return isKnown ? nil : reject(index, now: now)
            }
            return at(key) { trusted in
                trusted.refused(for: isKnown ? permission : nil, now: now)
                    .map { .refused(key, isKnown: isKnown, retryIn: $0) }
            }
        }
    }

    private mutating func at(_ key: KeyID, _ change: (inout TrustedKey) -> KeyChange?) -> KeyChange? {
        guard let index = places.firstIndex(where: { $0.trusted.key == key }) else { return nil }
        return change(&places[index].trusted)
    }

    // MARK: New keys

    /// A place has another key now.
    package mutating func offer(_ key: KeyID, permissions: Set<String>?, at place: Int, now: Int64) {
        guard places.indices.contains(place) else { return }
        places[place].candidate = Candidate(key: key, permissions: permissions, nextProbe: now)
    }

    /// The place holds its trusted key again: what was to come instead is forgotten.
    package mutating func withdraw(at place: Int) {
        guard places.indices.contains(place) else { return }
        places[place].candidate = nil
    }

    /// Candidates that are to be probed now.
    package mutating func dueProbes(now: Int64) -> [KeyID] {
        var due: [KeyID] = []
        for index in places.indices {
            guard let candidate = places[index].candidate, candidate.nextProbe <= now else { continue }
            // Should it get no answer, the next one is due some time later.
            places[index].candidate?.nextProbe = now + KeyRing.probePatience
            due.append(candidate.key)
        }
        return due
    }

    package mutating func probed(_ key: KeyID, _ result: KeyProbeResult, now: Int64) -> KeyChange? {
        guard let index = places.firstIndex(where: { $0.candidate?.key == key }) else { return nil }
        switch result {
        case .accepted:
            return trust(index)
        case .refused:
            return reject(index, now: now)
        case .undecided:
            postpone(index, now: now)
            return nil
        }
    }

    private mutating func trust(_ index: Int) -> KeyChange? {
        guard let candidate = places[index].candidate else { return nil }
        let old = places[index].trusted.key
        places[index] = Place(trusted: TrustedKey(key: candidate.key, permissions: candidate.permissions))
        return .trusted(candidate.key, insteadOf: old)
    }

    private mutating func reject(_ index: Int, now: Int64) -> KeyChange? {
        guard let candidate = places[index].candidate else { return nil }
        postpone(index, now: now)
        places[index].candidate?.isRejected = true
        return candidate.isRejected ? nil : .rejected(candidate.key)
    }

    private mutating func postpone(_ index: Int, now: Int64) {
        guard let backoff = places[index].candidate?.backoff else { return }
        places[index].candidate?.nextProbe = now + backoff
        places[index].candidate?.backoff = min(backoff * 2, KeyRing.maximumProbeBackoff)
    }

    // MARK: For those who look

    package var standings: [KeyStanding] {
        places.flatMap { place in
            [KeyStanding(key: place.trusted.key, kind: place.trusted.isRefused ? .refused : .trusted)]
                + (place.candidate.map { [KeyStanding(key: $0.key, kind: .candidate)] } ?? [])
        }
    }

    package func trusted(at place: Int) -> KeyID? { places.indices.contains(place) ? places[place].trusted.key : nil }

    package func candidate(at place: Int) -> KeyID? {
        places.indices.contains(place) ? places[place].candidate?.key : nil
    }

    /// Every key that a call may be given: what isn't among these can be forgotten.
    package var keys: Set<KeyID> { Set(standings.map(\.key)) }
}
