private import DivarAPI
private import Foundation
private import HTTPWire
private import Logging
private import Metrics
private import Messaging
private import NIOCore
private import Observability
private import Sandbox
private import ServiceLifecycle
private import UnixSignals

/// What the commands that stay running do, from start to SIGTERM.
package enum GatewayProcess {
    /// Serves the internal API, with a simulated Divar behind it where one is asked for.
    package static func serve(configurationPath: String?, sandbox settings: SandboxSettings?) async throws {
        ProcessLimits.prepare()
        ProcessLimits.ignoreReloads()
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let stamp = configurationPath.flatMap { FileStamp(path: $0) }
        var sandbox: SandboxHost?
        if let settings { sandbox = try await startSandbox(settings) }
        do {
            let configuration = try ConfigurationFile.read(
                path: configurationPath,
                sandbox: sandbox.flatMap { target(of: $0) }
            )
            let log = GatewayLog(level: configuration.logLevel)
            let logger = log.logger
            let environment = ProcessInfo.processInfo.environment
            let secrets = try ConfigurationCheck.resolve(configuration, environment: environment)
            let isTrial = sandbox != nil
            let registry = metricsInForce()
            let inherited = inheritedSockets(environment)
            let (gateway, admin) = try await started(
                configuration, inherited: inherited, registry: registry, environment: environment, log: log
            ) {
                try await Gateway.start(
                    configuration, secrets: secrets, environment: environment, inherited: inherited,
                    isTrial: isTrial, log: log)
            }
            warn(ofUnused: inherited, logger)
            let notifier = ServiceNotifier(environment: environment)
            let sandboxAddress = sandbox?.address
            var services: [any Service] = [
                GatewayService(gateway: gateway, logger: logger, notifier: notifier) {
                    announce(gateway, admin: admin, sandbox: sandboxAddress, logger: logger)
                }
            ]
            let simulated = sandbox.flatMap { target(of: $0) }
            let reload = ConfigurationReload(
                gateway, operators: admin?.keys, from: configurationPath, current: configuration, logger: logger
            ) { () throws(ConfigurationError) in
                try ConfigurationFile.read(path: configurationPath, sandbox: simulated)
            }
            services.append(
                ReloadService(reload: reload, gateway: gateway, hangups: hangups, notifier: notifier))
            if let configurationPath {
                services.append(ConfigurationWatchService(reload: reload, path: configurationPath, first: stamp))
            }
            services += watchdog(of: gateway, notifier: notifier, environment: environment)
            // Before the others, and so stopped after them: it puts down who called last.
            services.append(KeysService(watch: gateway.keys))
            services.insert(CallersService(watch: gateway.callers), at: 0)
            services.append(CertificateWatchService(certificates: gateway.certificates))
            services.insert(contentsOf: admin?.services ?? [], at: 0)
            if let sandbox { services.insert(SandboxService(host: sandbox) {}, at: 0) }
            sandbox = nil
            try await runUntilStopped(services)
        } catch {
            try await sandbox?.stop()
            throw error
        }
    }

    /// Serves a simulated Divar alone.
    package static func sandbox(_ settings: SandboxSettings) async throws {
        ProcessLimits.prepare()
        let host = try await startSandbox(settings)
        let logger = GatewayLog(level: .info).logger
        let service = SandboxService(host: host) {
            logger.notice("sandbox listening", metadata: ["address": "\(host.address)"])
            say(Greeting.sandbox(host.address))
        }
        try await runUntilStopped([service])
    }

    private static func announce(_ gateway: Gateway, admin: AdminParts?, sandbox: ListenAddress?, logger: Logger) {
        announce(admin, logger: logger)
        if let sandbox { logger.notice("sandbox listening", metadata: ["address": "\(sandbox)"]) }
        for listener in gateway.listeners {
            var metadata: Logger.Metadata = ["address": "\(listener.address)", "version": "\(GatewayVersion.text)"]
            if listener.tls != nil { metadata["tls"] = "true" }
            logger.notice("listening", metadata: metadata)
            if listener.exposesKeys {
                logger.warning(
                    "callers' keys travel in clear to this address; give it tls",
                    metadata: ["address": "\(listener.address)"]
                )
            }
        }
        if let sandbox, let listener = gateway.listeners.first {
            say(Greeting.gateway(listener, sandbox: sandbox))
        }
    }

    /// Says something on standard output at once, also where that is a pipe.
    private static func say(_ text: String) {
        // Whoever closed standard output doesn't want to hear it.
        try? FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    }

    private static func metricsInForce() -> MetricsRegistry {
        let registry = MetricsRegistry(describing: GatewayMetrics.counted)
        registry.add(ProcessMetrics())
        MetricsSystem.bootstrap(registry)
        return registry
    }

    /// Sockets that the service manager keeps while the gateway is restarted.
    private static func inheritedSockets(_ environment: [String: String]) -> InheritedSockets {
        InheritedSockets(
            descriptors: ListenDescriptors.inherited(
                environment: environment, process: ProcessInfo.processInfo.processIdentifier))
    }

    private static func warn(ofUnused inherited: InheritedSockets, _ logger: Logger) {
        for address in inherited.closeRest() {
            logger.warning("nothing is configured to listen there", metadata: ["address": "\(address)"])
        }
    }

    private static func watchdog(
        of gateway: Gateway,
        notifier: ServiceNotifier?,
        environment: [String: String]
    ) -> [any Service] {
        let process = ProcessInfo.processInfo.processIdentifier
        guard let notifier, let patience = WatchdogService.patience(environment: environment, process: process) else {
            return []
        }
        return [
            WatchdogService(notifier: notifier, patience: patience) { within in
                await gateway.isAlive(within: within)
            }
        ]
    }

    private static func runUntilStopped(_ services: [any Service]) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        try await group.run()
    }

    private static func startSandbox(_ settings: SandboxSettings) async throws -> SandboxHost {
        guard let address = ListenAddress(settings.listen) else {
            throw ProcessError("\(settings.listen) is not an address to listen on")
        }
        let options = try sandboxOptions(settings)
        return try await started { try await SandboxHost.start(options, on: address) }
    }

    private static func sandboxOptions(_ settings: SandboxSettings) throws -> SandboxOptions {
        var options = SandboxOptions()
        if let path = settings.scriptPath {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ConfigurationError([ConfigurationProblem(line: nil, key: "", message: "can not be read")])
            }
            options = try SandboxScriptFile.options(Array(data))
        }
        if let text = settings.contract {
            guard let contract = Contract(rawValue: text) else {
                let known = Contract.allCases.map(\.rawValue).joined(separator: " or ")
                throw ConfigurationError([
                    ConfigurationProblem(line: nil, key: "contract", message: "must be \(known), not \(text)")
                ])
            }
            options.contract = contract
        }
        return options
    }

    private static func target(of sandbox: SandboxHost) -> SandboxTarget? {
        guard let origin = Origin("http://\(sandbox.address)") else { return nil }
        return SandboxTarget(
            origin: origin,
            uploadURL: "\(origin)/upload",
            key: Secret(SandboxOptions.defaultKey)
        )
    }

    /// A start that fails does so for reasons of the system: an address in use, a missing right.
    static func started<Started>(_ start: () async throws -> Started) async throws -> Started {
        do {
            return try await start()
        } catch {
            throw ProcessError("\(error)")
        }
    }
}
