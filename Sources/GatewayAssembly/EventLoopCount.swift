private import Foundation
private import NIOCore

/// How many event loops there are: one for each core that this process may run on.
enum EventLoopCount {
    /// NIO counts what a control group allows, but not what `taskset` or systemd's CPUAffinity= does: loops beyond that
    /// would only take turns on the same cores.
    static var current: Int {
        // Without /proc, as in some sandboxes, there is nothing to go by.
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        return max(1, min(System.coreCount, status.flatMap(allowedCores(in:)) ?? .max))
    }

    /// The number of cores in a text of the form of /proc/PID/status (proc_pid_status(5)): a mask in hexadecimal
    /// digits, with commas. Nil where it says none.
    static func allowedCores(in status: String) -> Int? {
        let name = "Cpus_allowed:"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
        let digits = line.dropFirst(name.count).compactMap(\.hexDigitValue)
        let count = digits.reduce(0) { $0 + $1.nonzeroBitCount }
        return count > 0 ? count : nil
    }
}
