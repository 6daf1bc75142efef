internal import ConversationCache
internal import Delivery
internal import DivarAPI
internal import HTTPWire
internal import Logging
internal import Messaging
internal import NIOCore

/// Tries new keys before calls rely on them. Confined to one event loop.
///
/// A probe asks for an upload token, which changes nothing at Divar, needs no user and tells keys apart: 401 means that
/// it is none, 403 that it is one without that permission. It takes a place in the quota like every call, and its token
/// is forgotten.
final class KeyProber {
    private static let interval: TimeAmount = .seconds(1)
    private static let operation = Messaging.Operation.createUploadToken

    private let caller: UpstreamCaller
    private let keys: SharedAppKeys
    private let deadline: TimeAmount

    init(caller: UpstreamCaller, keys: SharedAppKeys, deadline: TimeAmount) {
        (self.caller, self.keys, self.deadline) = (caller, keys, deadline)
    }

    func start() {
        look()
        _ = caller.eventLoop.assumeIsolated().scheduleTask(in: KeyProber.interval) { self.start() }
    }

    func look() {
        for (app, key) in keys.dueProbes() { probe(key, of: app) }
    }

    private func probe(_ key: HeldKey, of app: AppName) {
        let route = caller.rules.use { $0.routes.outlook(for: KeyProber.operation) }.filter { !$0.isGone }
        let request = route.first.flatMap { DivarRequest(creatingUploadTokenThrough: $0.endpoint) }
        guard let request, let name = CallerName("divar-gateway") else {
            return conclude(key, of: app, .undecided)
        }
        let call = CallContext(
            caller: Caller(name: name, app: app, permissions: [.upload]), userToken: nil,
            trace: TraceContext(
                random: (.random(in: .min ... .max), .random(in: .min ... .max)), span: .random(in: .min ... .max))
        )
        let end = NIODeadline.now() + deadline
        caller.gate.enter(for: call, purpose: GuardPurpose(KeyProber.operation), deadline: end) { entered in
            guard case .success(let pass) = entered else { return self.conclude(key, of: app, .undecided) }
            let began = NIODeadline.now()
            _ = self.caller.perform(
                request, key: key, for: call, validators: .init(), deadline: end
            ) { result, response in
                self.caller.gate.leave(
                    pass, signal: GuardSignal(result, status: response?.status, lasted: .now() - began),
                    isSpent: OutcomeRule.mayHaveLeft(result)
                )
                self.conclude(key, of: app, KeyProber.meaning(of: result, at: request.endpoint))
            }
        }
    }

    private static func meaning(of result: AttemptResult, at endpoint: Endpoint) -> KeyProbeResult {
        switch result {
        case .answered(.uploadToken, _): .accepted
        case .answered(.refused(let complaint), _)
        where AttemptRule.verdict(on: result, at: endpoint) == .credentialsRefused:
            complaint.status == 403 ? .accepted : .refused
        default: .undecided
        }
    }

    private func conclude(_ key: HeldKey, of app: AppName, _ result: KeyProbeResult) {
        caller.log(keys.probed(key.id, of: app, result), of: app)
    }
}
