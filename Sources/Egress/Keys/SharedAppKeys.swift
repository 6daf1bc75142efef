package import Custody
internal import Delivery
package import Messaging
internal import NIOCore
private import Synchronization

/// The Divar keys of all event loops. Every use is a short look under a lock, with no I/O in it.
package final class SharedAppKeys: Sendable {
    private struct State {
        var rings: [AppName: KeyRing] = [:]
        var held: [KeyID: AppKey] = [:]
        var lastNumber = 0

        mutating func hold(_ key: AppKey) -> KeyID {
            lastNumber += 1
            let id = KeyID(number: lastNumber)
            held[id] = key
            return id
        }
    }

    private let state: Mutex<State>
    private let prober = Mutex<NIOLoopBound<KeyProber>?>(nil)

    package init(_ keys: AppKeys) {
        var made = State()
        for app in keys.apps {
            made.rings[app] = KeyRing(keys.keys(of: app).map { (made.hold($0), $0.permissions) })
        }
        state = Mutex(made)
    }

    package var apps: [AppName] { state.withLock { $0.rings.keys.sorted { $0.text < $1.text } } }

    /// The keys for a call, best first.
    func order(of app: AppName, for permission: String) -> [HeldKey] {
        let now = SharedUpstreamRules.now()
        return state.withLock { state in
            let order = state.rings[app]?.order(for: permission, now: now) ?? []
            return order.compactMap { id in
                state.held[id].map { HeldKey(id: id, name: $0.name, secret: $0.secret) }
            }
        }
    }

    func learn(_ sightings: [KeySighting], of app: AppName, permission: String) -> [(name: String, change: KeyChange)] {
        guard !sightings.isEmpty else { return [] }
        let now = SharedUpstreamRules.now()
        return change(app) { ring in sightings.compactMap { ring.learn($0, permission: permission, now: now) } }
    }

    func probed(_ key: KeyID, of app: AppName, _ result: KeyProbeResult) -> [(name: String, change: KeyChange)] {
        let now = SharedUpstreamRules.now()
        return change(app) { ring in [ring.probed(key, result, now: now)].compactMap(\.self) }
    }

    private func change(
        _ app: AppName,
        _ change: (inout KeyRing) -> [KeyChange]
    ) -> [(name: String, change: KeyChange)] {
        state.withLock { state in
            guard var ring = state.rings[app] else { return [] }
            let before = ring.keys
            let changes = change(&ring)
            state.rings[app] = ring
            let named = changes.map { (state.held[$0.key]?.name ?? "", $0) }
            // The memory of a key that nobody uses any more is zeroed once the last call has let go of it.
            for key in before.subtracting(ring.keys) { state.held[key] = nil }
            return named
        }
    }

    func dueProbes() -> [(app: AppName, key: HeldKey)] {
        let now = SharedUpstreamRules.now()
        return state.withLock { state in
            state.rings.keys.flatMap { app in
                (state.rings[app]?.dueProbes(now: now) ?? []).compactMap { id in
                    state.held[id].map { (app, HeldKey(id: id, name: $0.name, secret: $0.secret)) }
                }
            }
        }
    }

    // MARK: From where the keys come

    /// A place of an app's holds this key now.
    ///
    /// - Returns: whether that is another one than before.
    package func offer(_ key: AppKey, of app: AppName, at place: Int) -> Bool {
        let now = SharedUpstreamRules.now()
        let isNew = state.withLock { state in
            guard var ring = state.rings[app], let trusted = ring.trusted(at: place) else { return false }
            defer { state.rings[app] = ring }
            if let candidate = ring.candidate(at: place) {
                if state.held[candidate]?.secret == key.secret { return false }
                ring.withdraw(at: place)
                state.held[candidate] = nil
            }
            if state.held[trusted]?.secret == key.secret { return false }
            ring.offer(state.hold(key), permissions: key.permissions, at: place, now: now)
            return true
        }
        if isNew { prober.withLock { $0 }.map { prober in prober.eventLoop.execute { prober.value.look() } } }
        return isNew
    }

    /// How every key fares.
    package func reports() -> [KeyReport] {
        state.withLock { state in
            state.rings.sorted { $0.key.text < $1.key.text }.flatMap { app, ring in
                ring.standings.compactMap { standing in
                    state.held[standing.key].map {
                        KeyReport(app: app, name: $0.name, kind: standing.kind, created: $0.created)
                    }
                }
            }
        }
    }

    /// The first loop that asks probes for all.
    func join(_ make: () -> NIOLoopBound<KeyProber>) {
        prober.withLock { prober in
            guard prober == nil else { return }
            let made = make()
            made.eventLoop.execute { made.value.start() }
            prober = made
        }
    }
}
