internal import HTTPWire
private import Yams

/// Reads `admin`.
struct AdminReader {
    private let mapping: MappingReader

    init(_ mapping: MappingReader) {
        self.mapping = mapping
    }

    /// Where operators look; nowhere by default.
    func read() -> [ListenAddress] {
        let addresses: [ListenAddress] = mapping.list("listen").compactMap { node in
            guard let address = ListenAddress(node.scalar?.string ?? ""), address.isLocal else {
                mapping.problems.add(
                    "must be an address that only this machine reaches, such as 127.0.0.1:9464 or "
                        + "unix:/run/divar-gateway/admin.sock: nobody is asked who looks",
                    at: mapping.path(of: "listen"), node: node)
                return nil
            }
            return address
        }
        mapping.reportUnknownKeys()
        return addresses
    }
}
