/// Which descriptors the service manager handed over, by the protocol of sd_listen_fds(3).
package enum ListenDescriptors {
    /// The first; the others follow it.
    private static let first: CInt = 3
    /// More than anybody listens on; a number beyond it is no count.
    private static let maximum: CInt = 64

    /// - Parameter process: this process' number: what was meant for another stays untouched.
    package static func inherited(environment: [String: String], process: Int32) -> [CInt] {
        guard environment["LISTEN_PID"].flatMap({ Int32($0) }) == process,
            let count = environment["LISTEN_FDS"].flatMap({ CInt($0) }), (1...maximum).contains(count)
        else { return [] }
        return (0..<count).map { first + $0 }
    }
}
