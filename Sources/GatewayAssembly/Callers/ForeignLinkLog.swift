internal import InternalAPI
internal import Logging
private import Messaging

/// Says in the log where buttons lead that their caller's should not, while that is only watched.
enum ForeignLinkLog {
    static func report(to logger: Logger) -> ForeignLinkReport {
        { call, hosts in
            logger.warning(
                "a button leads to a host that its caller's may not",
                metadata: [
                    "caller": "\(call.caller.name)", "hosts": .array(hosts.map { .string($0) }),
                    "trace_id": "\(call.trace.traceID)",
                ]
            )
        }
    }
}
