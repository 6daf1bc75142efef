import SeededCases

/// Counts requests as Divar may: nobody knows at which instant of an attempt, nor how its windows lie.
struct SimulatedDivar {
    struct Request {
        let begin: Int64
        let end: Int64
    }

    private(set) var requests: [Request] = []
    /// When it counted each.
    private var instants: [Int64] = []

    mutating func count(begin: Int64, end: Int64, random: inout SplitMix64) {
        requests.append(Request(begin: begin, end: end))
        instants.append(random.element(of: [begin, end, Int64.random(in: begin...end, using: &random)]))
    }

    /// The most that it counted in any window that ends now and moves with time; both its ends are counted.
    func mostInSlidingWindow(length: Int64) -> Int {
        let sorted = instants.sorted()
        var (most, first) = (0, 0)
        for (index, instant) in sorted.enumerated() {
            while sorted[first] < instant - length { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }

    /// The most that it counted in any of the windows that follow each other and lie so to the clock.
    func mostInFixedWindow(length: Int64, alignment: Int64) -> Int {
        var counts: [Int64: Int] = [:]
        for instant in instants { counts[(instant + length - alignment) / length, default: 0] += 1 }
        return counts.values.max() ?? 0
    }

    /// The most that it could have counted in a window, had it chosen instants and windows to that end.
    func mostPossible(length: Int64) -> Int {
        // The fullest window can be moved until it ends where a request begins.
        requests.map { last in
            requests.count { $0.begin <= last.begin && $0.end >= last.begin - length }
        }.max() ?? 0
    }
}
