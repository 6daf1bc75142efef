package import Messaging

/// The callers that are known, by the digests of their keys.
///
/// The presented key is hashed before it is looked up, so what the time of a look-up tells is about the hash, which
/// nobody can steer without knowing the key.
package struct CallerDirectory: CallerAuthenticating {
    private let callers: [CallerKeyDigest: Caller]
    private let everybody: Caller?

    package init(callers: [CallerKeyDigest: Caller]) {
        self.callers = callers
        everybody = nil
    }

    /// Admits everybody as one caller: for listeners that only this machine reaches.
    package init(everybodyIs caller: Caller) {
        callers = [:]
        everybody = caller
    }

    package func caller(presenting key: Secret?) -> Caller? {
        if let everybody { return everybody }
        return key.flatMap { callers[CallerKeyDigest(of: $0)] }
    }
}
