private import DivarAPI
private import FoundationEssentials
internal import HTTPWire
internal import Logging
private import Synchronization

/// The certificates of all listeners: looks after their files, says what comes of it, and what state they are in.
final class ListenerCertificates: Sendable {
    private let listeners: [(key: String, address: ListenAddress, tls: ListenerTLS)]
    private let logger: Logger
    /// When it was last said of each that it runs out.
    private let warned: Mutex<[Int: Int]>

    /// Reads files. Throws where some can't be used.
    init(_ listeners: [Listener], logger: Logger) throws(TLSFileProblem) {
        var loaded: [(String, ListenAddress, ListenerTLS)] = []
        let failures = FailedHandshakeLog(logger: logger)
        for listener in listeners {
            guard let settings = listener.tls else { continue }
            let address = listener.address
            let tls = try ListenerTLS(settings) { failures.report($0, on: address) }
            loaded.append((listener.key, address, tls))
        }
        self.listeners = loaded
        self.logger = logger
        warned = Mutex([:])
        for (_, address, tls) in loaded { say("certificate in use", of: address, tls) }
    }

    var isEmpty: Bool { listeners.isEmpty }

    /// Nil for a listener without TLS.
    func tls(of listener: Listener) -> ListenerTLS? {
        listener.tls == nil ? nil : listeners.first { $0.key == listener.key }?.tls
    }

    /// Takes what has changed in the files. Not for an event loop.
    func look() {
        let now = ListenerCertificates.now()
        for (index, (_, address, tls)) in listeners.enumerated() {
            switch tls.look(now: now) {
            case .unchanged: break
            case .replaced:
                say("certificate replaced", of: address, tls)
                warned.withLock { $0[index] = nil }
            case .kept(let problem):
                logger.error(
                    "the new certificate can't be used, the old one stays",
                    metadata: ["address": "\(address)", "problem": "\(problem)"]
                )
            }
            warnOfEnd(index, now: now)
        }
    }

    /// What `/health/ready` says; nil without TLS.
    func detail() -> String? {
        guard !listeners.isEmpty else { return nil }
        let now = ListenerCertificates.now()
        let faults = listeners.flatMap { _, address, tls in
            var faults: [String] = []
            if let problem = tls.problem { faults.append("\(address) keeps its old certificate: \(problem)") }
            switch CertificateTerm(expires: tls.expires, now: now) {
            case .lasting: break
            case .ending(let days): faults.append("the certificate of \(address) runs out in \(days) day(s)")
            case .ended: faults.append("the certificate of \(address) has run out")
            }
            return faults
        }
        return faults.isEmpty ? "\(listeners.count) listener(s) with a certificate" : faults.joined(separator: "; ")
    }

    private func warnOfEnd(_ index: Int, now: Int) {
        let (_, address, tls) = listeners[index]
        let term = CertificateTerm(expires: tls.expires, now: now)
        let isDue = warned.withLock { warned in
            guard term.isDue(now: now, warned: warned[index]) else { return false }
            warned[index] = now
            return true
        }
        guard isDue else { return }
        say(term == .ended ? "a certificate has run out" : "a certificate runs out soon", of: address, tls, .warning)
    }

    private func say(
        _ message: Logger.Message,
        of address: ListenAddress,
        _ tls: ListenerTLS,
        _ level: Logger.Level = .notice
    ) {
        let expires = Timestamp.rfc3339(microseconds: Int64(tls.expires) * 1_000_000) ?? ""
        logger.log(
            level: level, message,
            metadata: [
                "address": "\(address)", "file": "\(tls.settings.certificatePath)", "expires": "\(expires)",
            ]
        )
    }

    private static func now() -> Int { Int(Date().timeIntervalSince1970) }
}
