/// The kinds of fault by their names in scripts.
enum FaultKind: String, Sendable, Hashable, CaseIterable {
    case latency
    case edgeHTML = "edge-html"
    case cutBeforeHead = "cut-before-head"
    case cutInBody = "cut-in-body"
    case neverAnswer = "never-answer"
    case refuseConnections = "refuse-connections"
    case routeGone = "route-gone"
    case emptyBody = "empty-body"
    case wrongShape = "wrong-shape"
    case hugeBody = "huge-body"
    case redirect
    case status

    /// The members that a fault of this kind has beside those of every fault.
    var parameterNames: [String] {
        switch self {
        case .latency: ["milliseconds"]
        case .edgeHTML: ["status"]
        case .refuseConnections: ["duration_ms"]
        case .redirect: ["location"]
        case .status: ["status", "code", "message"]
        case .cutBeforeHead, .cutInBody, .neverAnswer, .routeGone, .emptyBody, .wrongShape, .hugeBody: []
        }
    }
}
