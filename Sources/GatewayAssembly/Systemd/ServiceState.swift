/// What a service manager is told (sd_notify(3)).
package enum ServiceState: Sendable, Hashable {
    /// It serves; with a word on what.
    case ready(String)
    /// It reads its configuration again, since so many microseconds of the monotonic clock; `ready` ends it.
    case reloading(since: UInt64)
    case stopping(String)
    /// It is alive, for the watchdog.
    case alive

    var text: String {
        switch self {
        case .ready(let status): "READY=1\nSTATUS=\(ServiceState.line(status))"
        case .reloading(let since): "RELOADING=1\nMONOTONIC_USEC=\(since)"
        case .stopping(let status): "STOPPING=1\nSTATUS=\(ServiceState.line(status))"
        case .alive: "WATCHDOG=1"
        }
    }

    private static func line(_ text: String) -> String { text.replacing("\n", with: " ") }
}
