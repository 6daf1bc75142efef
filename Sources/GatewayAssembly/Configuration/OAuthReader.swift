internal import Custody
internal import HTTPWire
internal import Messaging
internal import NIOCore

/// Reads `oauth`: whether tokens of users are kept, and how they are renewed.
struct OAuthReader {
    private let mapping: MappingReader

    private static let divar = "https://oauth.divar.ir/oauth2/token"
    private static let sandboxPath = "/oauth2/token"
    /// So that what stands in a form is of a size that a server takes.
    private static let maximumLength = 2048

    init(_ mapping: MappingReader) {
        self.mapping = mapping
    }

    /// Nil where nothing is said of it: then no tokens are kept.
    func read(apps: [AppName], hasMasterKeys: Bool, sandbox: SandboxTarget?) -> Configuration.OAuth? {
        let tokenURL = mapping.value(
            "token_url", "an https URL, or an http URL of this machine, without credentials", OAuthReader.guardedTarget)
        let trustFile = mapping.string("ca_file")?.text
        let deadline = mapping.duration("deadline", in: .milliseconds(100) ... .seconds(60))
        let margin = mapping.duration("refresh_before", in: .seconds(1) ... .seconds(86_400))
        let keepAlive = mapping.duration("refresh_unused_after", in: .seconds(60) ... .seconds(30 * 86_400))
        let own = client(mapping, isRequired: false)
        let clientsMapping = mapping.mapping("apps")
        let others = clients(clientsMapping, apps: apps)
        mapping.reportUnknownKeys()
        var clients = others
        if let own {
            guard apps.count <= 1, others.isEmpty else {
                problem("is for a gateway of one app; with several each has its own under oauth.apps", "client_id")
                return nil
            }
            guard let app = apps.first else { return nil }
            clients[app] = own
        }
        guard !clients.isEmpty else {
            let isNamed = ["client_id", "client_secret", "redirect_uri", "apps"].contains { mapping.take($0) != nil }
            guard !isNamed else { return nil }
            if tokenURL != nil || trustFile != nil || deadline != nil || margin != nil || keepAlive != nil {
                problem("is required, since oauth is configured", "client_id")
            }
            return nil
        }
        if !hasMasterKeys {
            mapping.problems.add(
                "must list where the key is under which users' tokens are kept, since oauth is configured",
                at: "audit.master_keys", line: mapping.line)
        }
        guard let target = tokenURL ?? OAuthReader.guardedTarget(OAuthReader.divar) else { return nil }
        var oauth = Configuration.OAuth(
            origin: sandbox?.origin ?? target.origin, path: sandbox == nil ? target.path : OAuthReader.sandboxPath,
            trustFile: trustFile, clients: clients)
        if let deadline { oauth.deadline = TimeAmount(deadline) }
        if let margin { oauth.settings.margin = Int64(margin / .microseconds(1)) }
        if let keepAlive { oauth.settings.keepAlive = Int64(keepAlive / .microseconds(1)) }
        return oauth
    }

    private func clients(_ mapping: MappingReader, apps: [AppName]) -> [AppName: Configuration.OAuth.Client] {
        var clients: [AppName: Configuration.OAuth.Client] = [:]
        for entry in mapping.takeAll() {
            let path = mapping.path(of: entry.key)
            let reader = MappingReader(entry.value, path: path, problems: mapping.problems)
            let client = client(reader, isRequired: true)
            reader.reportUnknownKeys()
            guard let app = apps.first(where: { $0.text == entry.key }) else {
                mapping.problems.add("must be the name of one of the apps", at: path, line: entry.line)
                continue
            }
            clients[app] = client
        }
        return clients
    }

    /// Nil where none of its keys is there, or something is wrong with one.
    private func client(_ mapping: MappingReader, isRequired: Bool) -> Configuration.OAuth.Client? {
        let rule = "1 to \(OAuthReader.maximumLength) visible ASCII characters"
        let id = mapping.value("client_id", rule, OAuthReader.word)
        let secretNode = mapping.take("client_secret")
        let secret = secretNode.flatMap {
            AppsReader.source($0, path: mapping.path(of: "client_secret"), problems: mapping.problems)
        }
        let redirect = mapping.value("redirect_uri", rule, OAuthReader.word)
        let isThere = isRequired || id != nil || secretNode != nil || redirect != nil
        guard isThere else { return nil }
        for (key, isMissing) in [
            ("client_id", mapping.take("client_id") == nil), ("client_secret", secretNode == nil),
            ("redirect_uri", mapping.take("redirect_uri") == nil),
        ] where isMissing {
            mapping.problems.add("is required", at: mapping.path(of: key), line: mapping.line)
        }
        guard let id, let secret, let redirect else { return nil }
        return Configuration.OAuth.Client(id: id, secret: secret, redirectURI: redirect)
    }

    private static func word(_ text: String) -> String? {
        (1...maximumLength).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            ? text : nil
    }

    /// The client's secret goes there, so plain http only to this machine.
    private static func guardedTarget(_ text: String) -> (origin: Origin, path: String)? {
        guard let target = EventsReader.target(text) else { return nil }
        let isLocal = ListenAddress.tcp(host: target.origin.host, port: target.origin.port).isLocal
        return target.origin.scheme == .https || isLocal ? target : nil
    }

    private func problem(_ message: String, _ key: String) {
        mapping.problems.add(message, at: mapping.path(of: key), line: mapping.line)
    }
}
