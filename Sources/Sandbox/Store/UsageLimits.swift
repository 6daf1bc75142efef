internal import StrictJSON

/// How many requests an app may make. Nil is no limit.
struct UsageLimits: Sendable, Hashable {
    var perMinute: Int?
    var perDay: Int?
}

extension UsageLimits: ScriptReadable {
    init?(reading value: JSONValue, at place: String, problems: inout [String]) {
        var members = MemberReading(value, at: place, allowed: ["per_minute", "per_day"])
        perMinute = members.integer("per_minute", in: 0...SandboxLimits.meterLimit, orNull: true)
        perDay = members.integer("per_day", in: 0...SandboxLimits.meterLimit, orNull: true)
        guard members.finish(into: &problems) else { return nil }
    }
}
