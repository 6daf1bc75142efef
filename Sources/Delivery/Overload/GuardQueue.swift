/// Calls that wait for a place: first come, first served.
///
/// Sends go no earlier than reads, or at a long overload no read would be answered. Where there is no place left in the
/// queue reads give way, the newest first: a read can be asked again without harm, and who waited long is nearly there.
struct GuardQueue: Sendable {
    struct Waiter: Sendable {
        let ticket: GuardTicket
        let deadline: Int64
        let purpose: GuardPurpose
    }

    /// Left places are closed up once there are more of them than waiters, and these.
    private static let spare = 64

    private var waiters: [UInt64: Waiter] = [:]
    private var numbers: [GuardTicket: UInt64] = [:]
    private var sends = WaitLine()
    private var reads = WaitLine()
    private var ends = WaitEnds()
    private var lastNumber: UInt64 = 0

    var count: Int { waiters.count }
    var isEmpty: Bool { waiters.isEmpty }
    /// When the next wait is over.
    var nextEnd: Int64? { ends.first?.time }

    func contains(_ ticket: GuardTicket) -> Bool { numbers[ticket] != nil }

    mutating func add(_ waiter: Waiter, until end: Int64) {
        lastNumber += 1
        waiters[lastNumber] = waiter
        numbers[waiter.ticket] = lastNumber
        switch waiter.purpose {
        case .send: sends.append(lastNumber)
        case .read: reads.append(lastNumber)
        }
        ends.insert(WaitEnds.End(time: end, number: lastNumber))
        closeUp()
    }

    /// Whether it waited.
    mutating func remove(_ ticket: GuardTicket) -> Bool {
        guard let number = numbers[ticket] else { return false }
        _ = take(number)
        return true
    }

    mutating func removeOldest() -> Waiter? {
        let isWaiting = { [waiters] in waiters[$0] != nil }
        let send = sends.oldest(where: isWaiting)
        let read = reads.oldest(where: isWaiting)
        guard let number = [send, read].compactMap(\.self).min() else { return nil }
        return take(number)
    }

    mutating func removeNewest(_ purpose: GuardPurpose) -> Waiter? {
        let isWaiting = { [waiters] in waiters[$0] != nil }
        let number =
            switch purpose {
            case .send: sends.newest(where: isWaiting)
            case .read: reads.newest(where: isWaiting)
            }
        return number.flatMap { take($0) }
    }

    /// Whoever's wait is over.
    mutating func removeEnded(now: Int64) -> Waiter? {
        guard let end = ends.first, end.time <= now else { return nil }
        return take(end.number)
    }

    private mutating func take(_ number: UInt64) -> Waiter? {
        guard let waiter = waiters.removeValue(forKey: number) else { return nil }
        numbers[waiter.ticket] = nil
        // The earliest end is always that of somebody who waits.
        while let first = ends.first, waiters[first.number] == nil { ends.removeFirst() }
        return waiter
    }

    private mutating func closeUp() {
        let isWaiting = { [waiters] in waiters[$0] != nil }
        let most = 2 * waiters.count + GuardQueue.spare
        if ends.count > most { ends.keep(where: isWaiting) }
        if sends.count > most { sends.keep(where: isWaiting) }
        if reads.count > most { reads.keep(where: isWaiting) }
    }
}
