/// Both windows' shares at one instant: a call needs a place in each.
struct QuotaAllocation {
    private(set) var minute: FairShares?
    private(set) var day: FairShares?

    init(minute: FairShares?, day: FairShares?) {
        (self.minute, self.day) = (minute, day)
    }

    func shares(_ window: QuotaWindow) -> FairShares? {
        switch window {
        case .minute: minute
        case .day: day
        }
    }

    func admits(_ index: Int) -> Bool { (minute?.admits(index) ?? true) && (day?.admits(index) ?? true) }

    mutating func take(_ index: Int, _ count: Int = 1) {
        minute?.take(index, count)
        day?.take(index, count)
    }

    /// Whose turn it is depends on the minute, for waiting is a matter of seconds; on the day only where it is alone.
    /// nil where none is before the other.
    func isNeedier(_ index: Int, than other: Int) -> Bool? { (minute ?? day)?.isNeedier(index, than: other) }

    func turns(of other: Int, waiting: Int, before index: Int) -> Int {
        (minute ?? day)?.turns(of: other, waiting: waiting, before: index) ?? waiting
    }
}
