/// Numbers of those who wait, in the order in which they came. Whoever is gone is passed over when met.
struct WaitLine: Sendable {
    private var numbers: [UInt64] = []
    private var start = 0

    /// Places, of which some may be of those who are gone.
    var count: Int { numbers.count }

    mutating func append(_ number: UInt64) { numbers.append(number) }

    mutating func oldest(where isWaiting: (UInt64) -> Bool) -> UInt64? {
        while start < numbers.count {
            if isWaiting(numbers[start]) { return numbers[start] }
            start += 1
        }
        numbers.removeAll(keepingCapacity: true)
        start = 0
        return nil
    }

    mutating func newest(where isWaiting: (UInt64) -> Bool) -> UInt64? {
        while numbers.count > start, let last = numbers.last {
            if isWaiting(last) { return last }
            numbers.removeLast()
        }
        return nil
    }

    /// Leaves out all others.
    mutating func keep(where isWaiting: (UInt64) -> Bool) {
        numbers = numbers[start...].filter(isWaiting)
        start = 0
    }
}
