private import Dispatch
internal import ServiceLifecycle
internal import UnixSignals

/// Reads the configuration again on SIGHUP, and tells the service manager when that is done.
struct ReloadService: Service {
    let reload: ConfigurationReload
    let gateway: Gateway
    /// Trapped before anybody can know that the gateway listens: a signal that comes earlier waits here.
    let hangups: UnixSignalsSequence
    /// Nil where no service manager listens.
    let notifier: ServiceNotifier?

    func run() async throws {
        for await _ in hangups.cancelOnGracefulShutdown() {
            notifier?.notify(.reloading(since: DispatchTime.now().uptimeNanoseconds / 1000))
            gateway.certificates.look()
            await reload.reload(by: .signal)
            notifier?.notify(.ready(gateway.statusLine))
        }
    }
}
