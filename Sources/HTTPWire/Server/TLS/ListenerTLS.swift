internal import NIOSSL
private import Synchronization

/// The TLS of one listener: the certificate that new connections are greeted with, replaced while the gateway runs when
/// its files change. May be used from anywhere; `init` and `look` read files, and so aren't for event loops.
package final class ListenerTLS: Sendable {
    /// What came of a look at the files.
    package enum Look: Sendable, Hashable {
        case unchanged
        /// New connections get the new certificate; those that are there keep theirs.
        case replaced
        /// What is there now can't be used, and the certificate before it stays. Said once for each problem.
        case kept(TLSFileProblem)
    }

    private struct Current {
        var files: TLSFiles
        /// What was found when it was last looked, and whether that can't be used.
        var seen: Int
        var problem: TLSFileProblem?
    }

    package let settings: ListenerTLSSettings
    let failed: FailedHandshake.Report
    private let current: Mutex<Current>

    /// - Parameter failed: told of handshakes that came to nothing, on the event loops.
    package init(
        _ settings: ListenerTLSSettings,
        failed: @escaping FailedHandshake.Report = { _ in }
    ) throws(TLSFileProblem) {
        self.failed = failed
        let files = try TLSFiles(settings)
        self.settings = settings
        current = Mutex(Current(files: files, seen: files.digest))
    }

    /// What a new connection is greeted with.
    var context: NIOSSLContext { current.withLock { $0.files.context } }

    /// When the certificate in use runs out, in seconds since 1970.
    package var expires: Int { current.withLock { $0.files.expires } }

    /// Why the files as they are now can't be used, while that is so.
    package var problem: TLSFileProblem? { current.withLock { $0.problem } }

    /// Looks whether the files have changed, and takes what they hold now if it can be used.
    ///
    /// - Parameter now: seconds since 1970. A certificate that has run out doesn't replace one that hasn't.
    package func look(now: Int) -> Look {
        do throws(TLSFileProblem) {
            let contents = try TLSFiles.Contents(settings)
            guard current.withLock({ $0.seen != contents.digest || $0.problem != nil }) else { return .unchanged }
            let files = try TLSFiles(contents, settings)
            return current.withLock { current in
                let isSame = current.files.digest == files.digest
                if !isSame, files.expires <= now, current.files.expires > files.expires {
                    let problem = TLSFileProblem(
                        .certificate, "the certificate in \(settings.certificatePath) has run out already")
                    return ListenerTLS.keep(problem, &current, seen: files.digest)
                }
                current = Current(files: files, seen: files.digest)
                return isSame ? .unchanged : .replaced
            }
        } catch {
            let problem = error
            return current.withLock { ListenerTLS.keep(problem, &$0, seen: nil) }
        }
    }

    private static func keep(_ problem: TLSFileProblem, _ current: inout Current, seen: Int?) -> Look {
        let isKnown = current.problem == problem
        current.problem = problem
        if let seen { current.seen = seen }
        return isKnown ? .unchanged : .kept(problem)
    }
}
