internal import Custody
internal import Logging
private import Messaging
private import NIOCore

/// Keeps the callers of a running gateway as the configuration and the callers file have them. What can't be read
/// changes nothing: the last good ones stay in force.
actor CallersWatch {
    nonisolated let callers: SharedCallers
    nonisolated let status = CallersStatus()

    private let logger: Logger
    /// The last one that was applied.
    private var configuration: Configuration
    /// Of the callers file when it was last looked at, whether it was applied or not.
    private var stamp: FileStamp?
    private var fault: String?
    private var written: (at: ContinuousClock.Instant, uses: CallerUses)
    private var hasSaidUnwritable = false

    /// Last uses are written no more often than this.
    private static let useInterval: Duration = .seconds(60)

    init(_ configuration: Configuration, logger: Logger) {
        (self.configuration, self.logger) = (configuration, logger)
        // Before the file is read again: a change between the two is found by the next look.
        stamp = nil
        let directory = CallersWatch.directory(of: configuration, succeeding: nil)
        callers = SharedCallers(directory, now: CallerTime.now)
        written = (.now, CallerUses())
        status.set(CallersWatch.detail(of: configuration))
        if let path = configuration.callersFile, configuration.allCallers.isEmpty {
            logger.notice("there are no callers: nobody is admitted", metadata: ["callers_file": "\(path)"])
        }
    }

    /// Those that are in force; empty where everybody is admitted.
    var entries: [CallerEntry] { configuration.allCallers }

    /// Reads the callers file again where it changed, and writes last uses where it is time.
    func look() {
        if let path = configuration.callersFile {
            let found = FileStamp(path: path)
            if found != stamp {
                stamp = found
                apply(fileAt: path)
            }
        }
        if ContinuousClock.now - written.at >= CallersWatch.useInterval { writeUses() }
    }

    /// Why the callers of a new configuration can't be taken; nil where they can.
    func refusal(of new: Configuration) -> String? {
        // Who may call is narrowed and widened while the gateway runs, but it is not opened to everybody: it may listen
        // where others come near, and the new configuration's `listen` is not in force.
        guard new.localApp == nil || configuration.localApp != nil else {
            return "without callers everybody would be admitted; that takes a restart"
        }
        let apps = Set(configuration.apps.keys)
        guard new.allCallers.allSatisfy({ apps.contains($0.app) }), new.localApp.map(apps.contains) ?? true else {
            return "a caller is of an app that is new; that takes a restart"
        }
        // A file that vanishes is no order to refuse everybody: a mount that went away looks the same.
        let isGone = new.callersFile.map { FileStamp(path: $0) == nil } ?? false
        guard !isGone || new.callersFile != configuration.callersFile || configuration.fileCallers.isEmpty else {
            return "the callers file is gone"
        }
        return nil
    }

    /// Takes the callers of a new configuration, whose callers file was read with it.
    func reload(_ new: Configuration) {
        if let reason = refusal(of: new) { return reject(reason) }
        let directory = CallersWatch.directory(of: new, succeeding: callers.current)
        callers.replace(by: directory)
        configuration.callers = new.callers
        configuration.callersFile = new.callersFile
        configuration.fileCallers = new.fileCallers
        configuration.localApp = new.localApp
        configuration.lines = new.lines
        fault = nil
        status.set(CallersWatch.detail(of: configuration))
        logger.notice("callers read", metadata: ["callers": "\(configuration.allCallers.count)"])
    }

    /// Puts down when callers and keys were last used, where that has changed.
    func writeUses() {
        let uses = callers.current.uses
        defer { written = (.now, uses) }
        guard let path = configuration.callersFile, uses != written.uses else { return }
        do {
            try CallerUseFile(besideCallersFile: path).write(uses, of: configuration.allCallers)
            hasSaidUnwritable = false
        } catch {
            guard !hasSaidUnwritable else { return }
            hasSaidUnwritable = true
            logger.warning("last uses of callers can not be written", metadata: ["reason": "\(error)"])
        }
    }

    private func apply(fileAt path: String) {
        do throws(ConfigurationError) {
            let text = try CallersFile.text(at: path)
            let new = try CallersFile.merged(text, of: path, into: configuration)
            // The first look after the start finds what the start has read.
            guard fault != nil || new.fileCallers != configuration.fileCallers else { return }
            reload(new)
        } catch {
            reject("\(error)")
        }
    }

    private func reject(_ reason: String) {
        fault = reason
        status.set("the callers that are configured can not be applied, see the log; the last good ones stay in force")
        logger.error(
            "the callers can not be applied",
            metadata: ["problems": "\(reason)", "callers": "\(configuration.allCallers.count)"]
        )
    }

    private static func directory(
        of configuration: Configuration,
        succeeding predecessor: CallerDirectory?
    ) -> CallerDirectory {
        guard let app = configuration.localApp else {
            return CallerDirectory(configuration.allCallers, succeeding: predecessor) {
                Int64(NIODeadline.now().uptimeNanoseconds / 1000)
            }
        }
        return CallerDirectory(
            everybodyIs: Caller(name: .local, app: app, permissions: Set(Permission.allCases), evidence: .local)
        )
    }

    private static func detail(of configuration: Configuration) -> String {
        configuration.localApp == nil
            ? "\(configuration.allCallers.count) caller(s) are known" : "everybody on this machine is admitted"
    }
}
