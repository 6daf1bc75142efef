/// Elements, each once, in the order in which they came. Any can be taken out at once: its place is skipped later.
struct ArrivalOrder<Element: Hashable & Sendable>: Sendable {
    private var places: [(element: Element, number: UInt64)] = []
    private var start = 0
    /// By which a place is told from one that its element had before.
    private var numbers: [Element: UInt64] = [:]
    private var lastNumber: UInt64 = 0

    var count: Int { numbers.count }

    /// False where it is there already; then it keeps its place.
    @discardableResult
    mutating func add(_ element: Element) -> Bool {
        guard numbers[element] == nil else { return false }
        lastNumber += 1
        numbers[element] = lastNumber
        places.append((element, lastNumber))
        // Half of the places may be left behind, so that closing up costs no more than what was added since.
        if places.count > 2 * numbers.count + 64 { closeUp() }
        return true
    }

    /// Whether it was there.
    @discardableResult
    mutating func remove(_ element: Element) -> Bool { numbers.removeValue(forKey: element) != nil }

    mutating func removeOldest() -> Element? {
        while start < places.count {
            let (element, number) = places[start]
            start += 1
            guard numbers[element] == number else { continue }
            numbers[element] = nil
            return element
        }
        return nil
    }

    private mutating func closeUp() {
        places = places[start...].filter { numbers[$0.element] == $0.number }
        start = 0
    }
}
