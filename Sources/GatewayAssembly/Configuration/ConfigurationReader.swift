private import Custody
private import Delivery
private import DivarAPI
private import HTTPWire
private import InternalAPI
private import Logging
private import Messaging
private import NIOCore
private import Yams

/// Reads a configuration from YAML: every problem is found in one go and named by its line.
///
/// It opens no file and resolves no key, so that `check` and tests see what `serve` sees; of the machine it only asks
/// the numbers of users.
package struct ConfigurationReader {
    private let problems = ProblemCollector()

    /// - Parameter sandbox: set where a simulated Divar stands behind this gateway; it replaces Divar's address and
    ///   keys.
    package static func read(yaml: String, sandbox: SandboxTarget? = nil) throws(ConfigurationError) -> Configuration {
        let reader = ConfigurationReader()
        let configuration = reader.read(yaml, sandbox: sandbox)
        guard var configuration, reader.problems.problems.isEmpty else {
            throw ConfigurationError(reader.problems.problems)
        }
        configuration.values = ConfigurationValues(yaml: yaml)
        return configuration
    }

    private func read(_ yaml: String, sandbox: SandboxTarget?) -> Configuration? {
        let node: Node?
        do {
            node = try compose(yaml: yaml)
        } catch {
            problems.add(yaml: error)
            return nil
        }
        let root = MappingReader(node, path: "", problems: problems)
        let upstream = UpstreamReader(root.mapping("upstream")).read(sandbox: sandbox)
        let contract =
            root.value("contract", "one of \(names(Contract.allCases))", Contract.init(rawValue:)) ?? .august2026
        var appsReader = AppsReader(root.mapping("apps"))
        let apps = appsReader.read(sandbox: sandbox)
        let appNames = apps.keys.sorted { $0.text < $1.text }
        let callersMapping = root.mapping("callers")
        var callersReader = CallersReader(callersMapping, apps: appNames, userID: SystemUser.id(named:))
        let callers = callersReader.read()
        let callersFile = root.value("callers_file", "the path of a file") { $0.isEmpty ? nil : $0 }
        let quotas = quotas(appsReader.quotas, shares: callersReader.shares)
        let listen = listeners(root.list("listen"))
        let admin = AdminReader(root.mapping("admin")).read()
        let limits = LimitsReader(root.mapping("limits"))
        let drain = root.duration("drain", in: .zero ... .seconds(600)) ?? .seconds(10)
        let preferred = preferredEndpoints(root.mapping("endpoints"), contract: contract)
        let log = log(root.mapping("log"))
        var trail = JournalReader(problems: problems).read(
            journal: root.mapping("journal"), audit: root.mapping("audit"), idempotency: root.mapping("idempotency")
        )
        let cache = CacheReader(root.mapping("cache")).read()
        let events = EventsReader(root.mapping("events")).read()
        let oauth = OAuthReader(root.mapping("oauth"))
            .read(apps: appNames, hasMasterKeys: !trail.masterKeys.isEmpty, sandbox: sandbox)
        let overload = OverloadReader(root.mapping("overload")).read()
        let queue = QueueReader(root.mapping("queue")).read()
        trail.queueKeyPath = queue.keyPath
        let reconcile = ReconcileReader(root.mapping("reconcile")).read()
        root.reportUnknownKeys()
        let serverLimits = limits.serverLimits()
        let messageLimits = limits.messageLimits()
        limits.finish()
        var localApp: AppName?
        if callersMapping.takeAll().isEmpty, callersFile == nil {
            localApp = self.localApp(appNames, line: callersMapping.line)
            requireLocal(listen)
        }
        guard let upstream else { return nil }
        return Configuration(
            listen: listen, admin: admin, contract: contract, preferredEndpoints: preferred,
            upstream: upstream, apps: apps,
            quotas: quotas, overload: overload, queue: queue.settings, reconcile: reconcile,
            callers: callers, callersFile: callersFile, localApp: localApp,
            serverLimits: serverLimits, messageLimits: messageLimits,
            trail: trail, cache: cache, events: events, oauth: oauth, drain: drain, logLevel: log.level,
            logsRequests: log.requests, lines: problems.lines
        )
    }

    /// On this machine where nothing is said.
    private func listeners(_ nodes: [Node]) -> [Listener] {
        nodes.isEmpty
            ? [Listener(.tcp(host: "127.0.0.1", port: 8080))] : ListenReader(nodes, problems: problems).read()
    }

    private func quotas(
        _ quotas: [AppName: QuotaSettings],
        shares: [CallerShare]
    ) -> [AppName: QuotaSettings] {
        let (quotas, excesses) = CallerShare.merged(shares, into: quotas)
        for (app, message) in excesses {
            let key = "apps.\(app).quota.per_minute"
            problems.add(message, at: key, line: problems.lines[key])
        }
        return quotas
    }

    /// Without callers everybody is admitted, so nobody but this machine may come near.
    private func requireLocal(_ listeners: [Listener]) {
        for listener in listeners where !listener.address.isLocal {
            problems.add(
                "\(listener.address) can be reached from other machines, and no callers are configured: everybody would be admitted",
                at: "listen", line: problems.lines[listener.key]
            )
        }
    }

    private func localApp(_ apps: [AppName], line: Int?) -> AppName? {
        if apps.count > 1, !apps.contains(where: { $0.text == "default" }) {
            problems.add(
                "there are several apps, none is named default, and no callers say which one a call is for",
                at: "callers", line: line
            )
            return nil
        }
        return apps.first { $0.text == "default" } ?? apps.first
    }

    private func preferredEndpoints(_ mapping: MappingReader, contract: Contract) -> [EndpointName] {
        let preferred: [EndpointName] = mapping.list("prefer").compactMap { node in
            let name = EndpointName(node.scalar?.string ?? "")
            let known = Catalogue.endpoints(of: contract)
            guard known.contains(where: { $0.name == name }) else {
                // Repeated only where it is a name: it could be anything.
                let subject = Catalogue.endpoint(named: name) == nil ? "" : "\(name) "
                problems.add(
                    "\(subject)is not an endpoint of the contract \(contract.rawValue); it has: "
                        + known.map(\.name.text).joined(separator: ", "),
                    at: "endpoints.prefer", node: node
                )
                return nil
            }
            return name
        }
        mapping.reportUnknownKeys()
        return preferred
    }

    private func log(_ mapping: MappingReader) -> (level: Logger.Level, requests: Bool) {
        let level = mapping.value("level", "one of \(names(Logger.Level.allCases))", { Logger.Level(rawValue: $0) })
        let requests = mapping.value("requests", "true or false", UnitParser.truth) ?? true
        mapping.reportUnknownKeys()
        return (level ?? .info, requests)
    }

    private func names<Named: RawRepresentable<String>>(_ cases: [Named]) -> String {
        cases.map(\.rawValue).joined(separator: ", ")
    }
}
