/// Holds calls back while Divar fails, and finds out by single calls when it is well again.
///
/// The single calls are reads, because of a send that fails nobody may know whether it was made. Only where no read
/// comes a send has to do: most of those that fail then reach nobody, and are proven not to have been made.
struct CircuitBreaker: Sendable {
    /// Good answers in a row that close it. One can be luck where half of all fail; a third would keep callers out for
    /// longer, while closing too early costs no more than `minimumCalls`.
    static let successesToClose = 2
    /// How long reads are waited for before a send is the probe.
    static let sendsProbeAfter: Int64 = 1_000_000
    /// A probe of which nothing was heard this long after its deadline isn't waited for any more.
    static let probeMargin: Int64 = 5_000_000
    /// What is said to callers while a probe is out: how it ends is seen soon.
    static let probeWait: Int64 = 1_000_000

    enum Admission: Sendable, Hashable {
        case pass
        case probe
        /// For so many microseconds.
        case refuse(wait: Int64)
    }

    private enum Phase {
        case closed
        case open(until: Int64)
        case halfOpen
    }

    private struct Probe {
        let ticket: GuardTicket
        let begun: Int64
        let givenUp: Int64
    }

    /// Counts how often it opened. What began before says nothing of now.
    private(set) var generation: UInt64 = 0
    private(set) var window: OutcomeWindow

    private var settings: OverloadSettings
    private var phase = Phase.closed
    private var openFor: Int64
    /// One at a time.
    private var probe: Probe?
    private var successes = 0
    /// When it became half-open, or a read last came since then.
    private var lastRead: Int64 = 0

    init(_ settings: OverloadSettings) {
        self.settings = settings
        openFor = settings.openFor
        window = OutcomeWindow(length: settings.window)
    }

    var state: BreakerState {
        switch phase {
        case .closed: .closed
        case .open: .open
        case .halfOpen: .halfOpen
        }
    }

    /// When it does something by itself.
    var nextEvent: Int64? {
        if case .open(let until) = phase { return until }
        return probe?.givenUp
    }

    func isProbe(_ ticket: GuardTicket) -> Bool { probe?.ticket == ticket }

    mutating func reconfigure(_ settings: OverloadSettings) {
        if settings.window != self.settings.window { window = OutcomeWindow(length: settings.window) }
        if settings.openFor != self.settings.openFor { openFor = settings.openFor }
        self.settings = settings
    }

    mutating func rollWindow(now: Int64) { window.roll(now: now) }

    /// - Returns: a probe that was given up.
    mutating func advance(now: Int64) -> GuardTicket? {
        if case .open(let until) = phase, until <= now {
            phase = .halfOpen
            successes = 0
            // Where nobody came for a while, nobody has to wait for reads now.
            lastRead = max(lastRead, until)
        }
        guard let probe, probe.givenUp <= now else { return nil }
        self.probe = nil
        return probe.ticket
    }

    /// - Parameter hasRoom: whether the limit would let it through.
    mutating func admit(
        _ ticket: GuardTicket,
        for purpose: GuardPurpose,
        deadline: Int64,
        hasRoom: Bool,
        now: Int64
    ) -> Admission {
        switch phase {
        case .closed: return .pass
        case .open(let until): return .refuse(wait: until - now)
        case .halfOpen:
            let mayProbe = purpose == .read || now - lastRead >= CircuitBreaker.sendsProbeAfter
            if purpose == .read { lastRead = now }
            guard mayProbe, hasRoom, probe == nil, deadline > now else {
                return .refuse(wait: CircuitBreaker.probeWait)
            }
            let (givenUp, isTooLate) = deadline.addingReportingOverflow(CircuitBreaker.probeMargin)
            probe = Probe(ticket: ticket, begun: now, givenUp: isTooLate ? .max : givenUp)
            return .probe
        }
    }

    /// A call ended that was let through in `generation`, and was no probe. Whether this opened the breaker.
    mutating func note(isFailure: Bool, generation: UInt64, now: Int64) -> Bool {
        guard case .closed = phase, generation == self.generation else { return false }
        window.note(isFailure: isFailure, now: now)
        guard isFailure, window.ended >= settings.minimumCalls,
            window.failed * 100 >= window.ended * settings.failurePercent
        else { return false }
        openFor = settings.openFor
        open(since: now)
        return true
    }

    /// The probe ended.
    ///
    /// - Parameter isFailure: nil where it says nothing.
    mutating func probeEnded(isFailure: Bool?, now: Int64) {
        let begun = probe?.begun ?? now
        probe = nil
        guard let isFailure else { return }
        guard isFailure else {
            successes += 1
            if successes >= CircuitBreaker.successesToClose { close() }
            return
        }
        openFor = min(openFor * 2, settings.longestOpenFor)
        // While it was out Divar was left alone as well. A probe that hung until its deadline says nothing newer.
        open(since: begun)
    }

    private mutating func open(since start: Int64) {
        generation += 1
        phase = .open(until: start + openFor)
    }

    private mutating func close() {
        phase = .closed
        window = OutcomeWindow(length: settings.window)
    }
}
