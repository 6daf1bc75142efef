internal import AdminPlane
private import FoundationEssentials
internal import Logging
private import Messaging
internal import NIOCore
internal import Observability

/// Where the process says what it does: one JSON line an event, on standard error. `log.level` applies to all of it.
struct GatewayLog: Sendable {
    let threshold: LogThreshold
    /// Calls for those who follow them on the admin listeners.
    let live = LiveCalls()
    private let sink = DescriptorSink()

    init(level: Logger.Level) {
        threshold = LogThreshold(level)
    }

    var logger: Logger {
        Logger(label: "divar-gateway") { label in
            JSONLogHandler(label: label, threshold: threshold, sink: sink, now: GatewayLog.now)
        }
    }

    /// The lines of one event loop's calls.
    func requests(on eventLoop: any EventLoop) -> RequestLog {
        RequestLog(eventLoop: eventLoop, sink: sink, threshold: threshold, now: GatewayLog.now)
    }

    private static let now: @Sendable () -> String = {
        RFC3339Time.text(unixMicroseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}
