package import HTTPWire

/// One address to listen on, and how.
package struct Listener: Sendable, Hashable, CustomStringConvertible {
    package var address: ListenAddress
    /// Nil for plain HTTP.
    package var tls: ListenerTLSSettings?
    /// Under which key it stands, such as `listen[0]`, for problems that are found only later.
    package var key = "listen"

    package init(_ address: ListenAddress, tls: ListenerTLSSettings? = nil) {
        self.address = address
        self.tls = tls
    }

    package var description: String { tls == nil ? "\(address)" : "\(address) with TLS" }

    /// Whether keys could be read on their way to it by others than this machine.
    package var exposesKeys: Bool { tls == nil && !address.isLocal }
}
