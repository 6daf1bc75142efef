internal import StrictJSON

extension Fault: ScriptReadable {
    init?(reading value: JSONValue, at place: String, problems: inout [String]) {
        guard let kind = Fault.kind(of: value, at: place, problems: &problems) else { return nil }
        var names = ["kind", "endpoint", "times", "probability"] + kind.parameterNames
        // A message that was accepted by an endpoint that is gone is no fault but a contradiction.
        if kind != .routeGone { names.append("when") }
        var members = MemberReading(value, at: place, allowed: names)
        let effect = Fault.effect(of: kind, from: &members)
        endpoint = members.choice("endpoint", of: SandboxRoute.names)
        times = members.integer("times", in: 1...SandboxLimits.faultTimes)
        probability = members.fraction("probability") ?? 1
        moment =
            members.choice("when", of: FaultMoment.allCases.map(\.rawValue)).flatMap(FaultMoment.init(rawValue:))
            ?? .before
        if kind == .routeGone { members.require("endpoint") }
        guard members.finish(into: &problems), let effect else { return nil }
        self.effect = effect
    }

    /// Read first, for the kind says which other members there may be.
    private static func kind(of value: JSONValue, at place: String, problems: inout [String]) -> FaultKind? {
        let names = value.objectMembers?.map(\.name) ?? []
        var members = MemberReading(value, at: place, allowed: names)
        let kind = members.choice("kind", of: FaultKind.allCases.map(\.rawValue))
        members.require("kind")
        guard members.finish(into: &problems) else { return nil }
        return kind.flatMap(FaultKind.init(rawValue:))
    }

    private static func effect(of kind: FaultKind, from members: inout MemberReading) -> FaultEffect? {
        switch kind {
        case .latency:
            let milliseconds = members.integer("milliseconds", in: 0...SandboxLimits.latencyMilliseconds)
            members.require("milliseconds")
            return milliseconds.map { .latency(milliseconds: $0) }
        case .edgeHTML:
            return .answer(.edgeHTML(status: status(from: &members) ?? 502))
        case .refuseConnections:
            let milliseconds = members.integer("duration_ms", in: 1...SandboxLimits.refusalMilliseconds)
            members.require("duration_ms")
            return milliseconds.map { .answer(.refuseConnections(milliseconds: $0)) }
        case .redirect:
            return .answer(.redirect(location: location(from: &members) ?? "/elsewhere"))
        case .status:
            return refusal(from: &members)
        case .cutBeforeHead: return .answer(.cutBeforeHead)
        case .cutInBody: return .answer(.cutInBody)
        case .neverAnswer: return .answer(.neverAnswer)
        case .routeGone: return .answer(.routeGone)
        case .emptyBody: return .answer(.emptyBody)
        case .wrongShape: return .answer(.wrongShape)
        case .hugeBody: return .answer(.hugeBody)
        }
    }

    private static func refusal(from members: inout MemberReading) -> FaultEffect? {
        let httpStatus = status(from: &members)
        members.require("status")
        let code = members.integer("code", in: 1...16)
        let message = members.text("message", maximumBytes: SandboxLimits.faultMessageBytes)
        guard let httpStatus else { return nil }
        let known = code.flatMap(RPCCode.init(rawValue:)) ?? RPCCode.allCases.first { $0.httpStatus == httpStatus }
        return .answer(
            .status(
                httpStatus: httpStatus,
                code: (known ?? .unknown).rawValue,
                message: message ?? "this is a fault of the sandbox"
            )
        )
    }

    /// Statuses under which a body can come (RFC 9110 section 6.4.1).
    private static func status(from members: inout MemberReading) -> Int? {
        let status = members.integer("status", in: 200...599)
        if status == 204 || status == 205 || status == 304 {
            members.complain("status", "must be one that an answer with a body can have")
        }
        return status
    }

    private static func location(from members: inout MemberReading) -> String? {
        let location = members.text("location", maximumBytes: SandboxLimits.redirectLocationBytes)
        if let location, !location.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            members.complain("location", "must be visible ASCII characters")
        }
        return location
    }
}
