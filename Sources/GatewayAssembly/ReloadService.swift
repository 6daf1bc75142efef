private import Dispatch
internal import Logging
internal import ServiceLifecycle
private import UnixSignals

/// Reads the configuration again on SIGHUP, and applies what can be applied to a running gateway: `callers`, the keys
/// themselves and `cache`. What can't be read changes nothing.
struct ReloadService: Service {
    let gateway: Gateway
    let read: @Sendable () throws(ConfigurationError) -> Configuration
    let logger: Logger
    /// Nil where no service manager listens.
    let notifier: ServiceNotifier?

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            notifier?.notify(.reloading(since: DispatchTime.now().uptimeNanoseconds / 1000))
            defer { notifier?.notify(.ready(gateway.statusLine)) }
            gateway.certificates.look()
            do throws(ConfigurationError) {
                await gateway.reload(try read())
                logger.notice("configuration read again", metadata: ["applied": "callers, keys, cache"])
            } catch {
                logger.error("the configuration can't be applied", metadata: ["problems": "\(error)"])
            }
        }
    }
}
