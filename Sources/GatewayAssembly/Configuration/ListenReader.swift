internal import HTTPWire
internal import Yams

/// Reads `listen`: addresses, or mappings of an address and its `tls`.
struct ListenReader {
    private let nodes: [Node]
    private let problems: ProblemCollector
    /// Of the list itself.
    private let path: String

    private static let addressForm = "an address such as 127.0.0.1:8080, [::1]:8080 or unix:/run/divar-gateway/api.sock"

    init(_ nodes: [Node], path: String = "listen", problems: ProblemCollector) {
        (self.nodes, self.path, self.problems) = (nodes, path, problems)
    }

    func read() -> [Listener] {
        nodes.enumerated().compactMap { index, node in
            let key = "\(path)[\(index)]"
            problems.note(key, line: node.mark?.line)
            var listener =
                node.mapping == nil ? plain(node) : mapped(MappingReader(node, path: key, problems: problems))
            listener?.key = key
            return listener
        }
    }

    private func plain(_ node: Node) -> Listener? {
        guard let text = node.scalar?.string, let address = ListenAddress(text) else {
            problems.add("must be \(ListenReader.addressForm)", at: path, node: node)
            return nil
        }
        return Listener(address)
    }

    private func mapped(_ mapping: MappingReader) -> Listener? {
        let address = mapping.value("address", ListenReader.addressForm, ListenAddress.init)
        let tlsNode = mapping.take("tls")
        mapping.reportUnknownKeys()
        let tls = tlsNode.flatMap { node in
            settings(MappingReader(node, path: mapping.path(of: "tls"), problems: problems), node)
        }
        guard let address else {
            if mapping.take("address") == nil {
                problems.add("must have an address", at: mapping.path, line: mapping.line)
            }
            return nil
        }
        if case .unix = address, let tlsNode {
            problems.add("is for addresses of the network only", at: mapping.path(of: "tls"), node: tlsNode)
        }
        return Listener(address, tls: tls)
    }

    private func settings(_ mapping: MappingReader, _ node: Node) -> ListenerTLSSettings? {
        let certificate = mapping.string("certificate")?.text
        let key = mapping.string("key")?.text
        let authority = mapping.string("client_ca")?.text
        let known = ListenerTLSSettings.ClientCertificates.allCases.map(\.rawValue).joined(separator: ", ")
        let asked = mapping.value(
            "client_certificates", "one of \(known)", ListenerTLSSettings.ClientCertificates.init(rawValue:))
        mapping.reportUnknownKeys()
        guard let certificate, let key else {
            problems.add("must have both a certificate and a key", at: mapping.path, node: node)
            return nil
        }
        // Who names an authority wants its certificates, and who wants certificates must say whose.
        let clients = asked ?? (authority == nil ? .none : .required)
        if (clients == .none) != (authority == nil) {
            problems.add(
                authority == nil
                    ? "must name the authority that vouches for clients, since client_certificates are \(clients.rawValue)"
                    : "is of no use while client_certificates is none",
                at: mapping.path(of: "client_ca"), node: node
            )
        }
        return ListenerTLSSettings(
            certificatePath: certificate, keyPath: key, clientAuthorityPath: authority, clientCertificates: clients
        )
    }
}
