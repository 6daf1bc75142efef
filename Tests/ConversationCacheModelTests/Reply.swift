/// How the simulated Divar ends a call.
enum Reply {
    case conversation, unkept, notModified, notFound, refused, rejected, failed, unaskedNotModified

    var isFailure: Bool { self == .failed || self == .unaskedNotModified }
}
