private import AuditReport
private import Custody
private import Delivery
private import DivarAPI
private import FoundationEssentials
internal import Messaging
private import NIOCore

/// Says how a call would go by a configuration: which endpoint, which key, which quota, and why.
///
/// What a running gateway learned of endpoints and used of the quota is not in it: `Dry-Run: true` on a send tells
/// that.
package struct CallExplanation {
    private let configuration: Configuration
    private let environment: [String: String]
    private let caller: Caller
    private let operation: Messaging.Operation

    /// Throws `ConfigurationError`, and `AuditUsageError` where there is no such caller.
    ///
    /// - Parameter caller: by name; nil where there is only one that it can be.
    package init(
        path: String,
        caller: String?,
        call: ExplainedCall,
        environment: [String: String]
    ) throws {
        let configuration = try ConfigurationFile.read(path: path)
        (self.configuration, self.environment, operation) = (configuration, environment, call.operation)
        self.caller = try CallExplanation.caller(caller, in: configuration)
    }

    private static func caller(_ name: String?, in configuration: Configuration) throws -> Caller {
        if let app = configuration.localApp {
            guard name == nil || name == CallerName.local.text else {
                throw AuditUsageError("there are no callers: everybody on this machine is the caller local")
            }
            return Caller(name: .local, app: app, permissions: Set(Permission.allCases), evidence: .local)
        }
        let callers = configuration.allCallers.map { $0.caller(knownBy: .key) }
            .sorted { $0.name.text < $1.name.text }
        guard let name else {
            guard callers.count == 1, let only = callers.first else {
                throw AuditUsageError("--caller takes one of \(callers.map(\.name.text).joined(separator: ", "))")
            }
            return only
        }
        guard let caller = callers.first(where: { $0.name.text == name }) else {
            throw AuditUsageError("there is no caller \(TerminalText.safe(name))")
        }
        return caller
    }

    package var lines: [String] {
        var lines = ["call       \(operation.rawValue)"]
        lines += callerLines + endpointLines + keyLines + tokenLines + quotaLines
        let deadline = configuration.upstream.deadline.nanoseconds / 1_000_000
        lines.append(
            "deadline   \(deadline) ms for all attempts together (upstream.deadline), or less by X-Request-Timeout")
        return lines
    }

    private var callerLines: [String] {
        let may = caller.permissions.contains(operation.permission)
        return [
            "caller     \(caller.name): may \(may ? "" : "NOT ")\(operation.permission.rawValue)"
                + (may ? "" : ", so that the call is refused with 403"),
            "app        \(caller.app), "
                + (configuration.apps.count == 1 ? "the only one" : "by callers.\(caller.name).app"),
        ]
    }

    private var endpointLines: [String] {
        let planner = EndpointPlanner(
            contract: configuration.contract, preferring: configuration.preferredEndpoints)
        let route = planner.endpoints(for: operation)
        guard !route.isEmpty else {
            return ["endpoint   none: the contract of \(configuration.contract.rawValue) has none for this call"]
        }
        let used = route.enumerated().map { index, endpoint in
            let isPreferred = configuration.preferredEndpoints.contains(endpoint.name)
            let why = isPreferred ? "endpoints.prefer names it" : CallExplanation.words(endpoint.stability)
            let place = index == 0 ? "endpoint   " : "then       "
            return "\(place)\(endpoint.name): \(endpoint.method.rawValue) \(endpoint.path) (\(why))"
        }
        let others = Catalogue.endpoints.filter { $0.operation == operation && !route.contains($0) }
        return used
            + others.map { "not        \($0.name): not in the contract of \(configuration.contract.rawValue)" }
            + (route.count > 1
                ? ["           the next one is tried where one proves to be gone, and the gone one again later"] : [])
    }

    private static func words(_ stability: Stability) -> String {
        switch stability {
        case .stable: "stable"
        case .experimental: "experimental"
        case .oldestExperimental: "the oldest experimental one"
        }
    }

    private var keyLines: [String] {
        let permission = Catalogue.keyPermission(for: operation)
        let keys = configuration.apps[caller.app] ?? []
        let usable = keys.filter { $0.permissions?.contains(permission) ?? true }
        let lines = usable.enumerated().map { index, key in
            let place = index == 0 ? "key        " : "then       "
            return "\(place)\(key.name), \(key.source): \(state(of: key))"
        }
        let others = keys.filter { !usable.contains($0) }.map { "not        \($0.name): not for \(permission)" }
        return lines + others
            + (lines.count > 1
                ? ["           one that Divar refuses with 401 or 403 goes behind the others, and is tried again later"]
                : [])
    }

    private func state(of key: AppKeySettings) -> String {
        do throws(KeySourceError) {
            let resolved = try KeyResolver.key(key, environment: environment)
            let now = Int(Date().timeIntervalSince1970)
            guard let age = KeyAge(created: resolved.created, now: now) else { return "there" }
            return "there, \(age.days) days old" + (age.isOld ? ", which is time to replace it" : "")
        } catch {
            return "\(error)"
        }
    }

    private var tokenLines: [String] {
        [
            operation.needsUserToken
                ? "token      X-Access-Token is required and goes up as Authorization: Bearer"
                : "token      X-Access-Token is not needed"
        ]
    }

    private var quotaLines: [String] {
        let quota = configuration.quotas[caller.app] ?? QuotaSettings()
        let limits = [quota.perMinute.map { "\($0) a minute" }, quota.perDay.map { "\($0) a day" }].compactMap { $0 }
        guard !limits.isEmpty else {
            return ["quota      none configured: only Divar's own 429 holds calls back"]
        }
        let share = quota.shares[caller.name] ?? CallerShareSettings()
        return [
            "quota      \(limits.joined(separator: ", ")) for the app (apps.\(caller.app).quota)",
            "share      weight \(share.weight), reserve \(share.reserve) a minute (callers.\(caller.name).quota)",
            "wait       up to \(quota.maximumWait / 1000) ms for a place, else 429",
        ]
    }
}
