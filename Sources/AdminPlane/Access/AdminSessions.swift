private import Crypto
private import Messaging
private import Synchronization

/// The browsers that signed in. They hold a random number, kept here as its hash, and never a key. Any thread.
final class AdminSessions: Sendable {
    /// In seconds: a working day.
    static let lifetime: Int64 = 12 * 3600
    /// Beyond it the oldest goes.
    static let maximum = 200

    private struct Session {
        let name: String
        let ends: Int64
    }

    private let sessions = Mutex<[[UInt8]: Session]>([:])

    /// - Parameters:
    ///   - token: 256 random bits as text.
    ///   - now: in seconds since 1970.
    func begin(_ token: String, of name: String, now: Int64) {
        sessions.withLock { sessions in
            sessions = sessions.filter { $0.value.ends > now }
            if sessions.count >= AdminSessions.maximum,
                let oldest = sessions.min(by: { $0.value.ends < $1.value.ends })
            {
                sessions[oldest.key] = nil
            }
            sessions[AdminSessions.hash(token)] = Session(name: name, ends: now + AdminSessions.lifetime)
        }
    }

    /// Whose session it is; nil where there is none.
    func name(_ token: String, now: Int64) -> String? {
        sessions.withLock { $0[AdminSessions.hash(token)] }.flatMap { $0.ends > now ? $0.name : nil }
    }

    func end(_ token: String) {
        sessions.withLock { $0[AdminSessions.hash(token)] = nil }
    }

    private static func hash(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Array(token.utf8))) }
}
