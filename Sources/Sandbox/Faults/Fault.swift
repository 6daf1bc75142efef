internal import StrictJSON

/// One thing that goes wrong, and for which requests.
struct Fault: Sendable, Hashable {
    let effect: FaultEffect
    /// The endpoint's name, or nil for every request.
    let endpoint: String?
    /// How many requests it hits before it is gone, or nil where it stays.
    let times: Int?
    let probability: Double
    let moment: FaultMoment

    func matches(_ endpoint: String?) -> Bool {
        self.endpoint == nil || self.endpoint == endpoint
    }

    var json: [JSONMember] {
        var members = [JSONMember("kind", .string(effect.kind.rawValue))] + effect.parameters
        if let endpoint { members.append(JSONMember("endpoint", .string(endpoint))) }
        if probability < 1 { members.append(JSONMember("probability", .number(String(probability)))) }
        members.append(JSONMember("when", .string(moment.rawValue)))
        return members
    }
}
