internal import Custody
internal import Delivery
internal import Messaging
internal import Yams

/// Reads what stands below one caller's name.
struct CallerEntryReader {
    private let entry: MappingReader
    private let line: Int?
    private let apps: [AppName]
    private let userID: (String) -> UInt32?

    init(_ entry: MappingReader, line: Int?, apps: [AppName], userID: @escaping (String) -> UInt32?) {
        (self.entry, self.line, self.apps, self.userID) = (entry, line, apps, userID)
    }

    /// Nil where too little can be read to go on; what is wrong is among the problems.
    func read(name key: String) -> (entry: CallerEntry, share: CallerShareSettings?)? {
        let keys = CallerKeysReader(entry).read()
        let users = users(entry.mapping("peers"))
        let certificates = values(
            "certificates", "a certificate's subject such as CN=billing,O=Acme, or dns:NAME or uri:URI",
            { CertificateName($0) }
        )
        requireEvidence()
        let app = app()
        let permissions = values("may", "send, read, upload or users", Permission.init(rawValue:))
        requireSome("may", "must list what the caller may do: send, read, upload, users")
        let senders = values("as", "bot or user", MessageSender.init(rawValue:))
        let rate = rate(entry.mapping("rate"))
        let maximumInFlight = entry.integer("max_in_flight", in: 1...1_000_000)
        let links = links(entry.mapping("links"))
        let addresses = values(
            "addresses", "an address or a range such as 192.0.2.7, 10.0.0.0/8 or fd00::/8", AddressRange.init)
        let share = share(entry.mapping("quota"))
        for key in ["as", "addresses"] where entry.take(key) != nil {
            requireSome(key, "must not be empty: without it there is no such limit")
        }
        entry.reportUnknownKeys()
        guard let name = CallerName(key) else {
            problem("a caller's name has 1 to 64 characters of A-Z a-z 0-9 _ - .", at: entry.path)
            return nil
        }
        guard let app else { return nil }
        var caller = CallerEntry(name: name, app: app, permissions: Set(permissions), keys: keys)
        caller.userIDs = users
        caller.certificates = certificates
        if !senders.isEmpty { caller.senders = Set(senders) }
        caller.rate = rate
        caller.maximumInFlight = maximumInFlight
        caller.links = links
        caller.addresses = addresses
        return (caller, share)
    }

    /// Somebody that nothing stands for is a mistake, unless it is said that there are no keys at the moment.
    private func requireEvidence() {
        guard ["key_sha256", "keys", "peers", "certificates"].allSatisfy({ entry.take($0) == nil }) else { return }
        problem("is required, or one of keys, peers and certificates", at: entry.path(of: "key_sha256"))
    }

    private func app() -> AppName? {
        guard let (text, node) = entry.string("app") else {
            if apps.count == 1 { return apps.first }
            problem("is required, since there is not exactly one app", at: entry.path(of: "app"))
            return nil
        }
        guard let app = apps.first(where: { $0.text == text }) else {
            entry.problems.add("must be the name of one of the apps", at: entry.path(of: "app"), node: node)
            return nil
        }
        return app
    }

    private func users(_ mapping: MappingReader) -> [UInt32] {
        let nodes = mapping.list("users")
        mapping.reportUnknownKeys()
        return nodes.compactMap { node in
            guard let text = node.scalar?.string, !text.isEmpty, let number = UInt32(text) ?? userID(text) else {
                mapping.problems.add(
                    "must be the number or the name of a user of this machine", at: mapping.path(of: "users"),
                    node: node
                )
                return nil
            }
            return number
        }
    }

    private func rate(_ mapping: MappingReader) -> CallerRate? {
        let perMinute = mapping.integer("per_minute", in: 1...10_000_000)
        let burst = mapping.integer("burst", in: 1...10_000_000)
        let isMissing = mapping.take("per_minute") == nil
        mapping.reportUnknownKeys()
        if entry.take("rate") != nil, isMissing {
            problem("is required", at: mapping.path(of: "per_minute"))
        }
        return perMinute.map { CallerRate(perMinute: $0, burst: burst) }
    }

    private func links(_ mapping: MappingReader) -> LinkPolicy? {
        let nodes = mapping.list("hosts")
        let hosts = nodes.compactMap { node in
            let pattern = node.scalar.flatMap { HostPattern($0.string) }
            if pattern == nil {
                mapping.problems.add(
                    "must be a host such as acme.ir, or *.acme.ir for those below it", at: mapping.path(of: "hosts"),
                    node: node
                )
            }
            return pattern
        }
        let isEnforced = mapping.value("mode", "report or enforce") { ["report": false, "enforce": true][$0] }
        mapping.reportUnknownKeys()
        guard entry.take("links") != nil else { return nil }
        // Without hosts no link is allowed; that has to be said, not left out.
        if mapping.take("hosts") == nil { problem("is required", at: mapping.path(of: "hosts")) }
        return LinkPolicy(hosts: hosts, isEnforced: isEnforced ?? true)
    }

    private func share(_ mapping: MappingReader) -> CallerShareSettings? {
        let weight = mapping.integer("weight", in: 1...1000)
        let reserve = mapping.integer("reserve", in: 0...10_000_000)
        mapping.reportUnknownKeys()
        return weight == nil && reserve == nil ? nil : CallerShareSettings(weight: weight ?? 1, reserve: reserve ?? 0)
    }

    /// The values of a list, with a problem for each that is none.
    private func values<Value>(_ key: String, _ expectation: String, _ parse: (String) -> Value?) -> [Value] {
        entry.list(key).compactMap { node in
            let value = node.scalar.flatMap { parse($0.string) }
            if value == nil { entry.problems.add("must be \(expectation)", at: entry.path(of: key), node: node) }
            return value
        }
    }

    private func requireSome(_ key: String, _ message: String) {
        if entry.list(key).isEmpty { problem(message, at: entry.path(of: key)) }
    }

    private func problem(_ message: String, at key: String) {
        entry.problems.add(message, at: key, line: line)
    }
}
