/// The last so many of a sequence of elements, each known by its number in the whole sequence (from zero).
struct BoundedLog<Element: Sendable>: Sendable {
    private let capacity: Int
    private var slots: [Element] = []
    /// How many elements there ever were.
    private(set) var total = 0

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// Appends, and gives the element that had to go for it.
    @discardableResult
    mutating func append(_ element: Element) -> Element? {
        defer { total += 1 }
        guard slots.count == capacity else {
            slots.append(element)
            return nil
        }
        let gone = slots[total % capacity]
        slots[total % capacity] = element
        return gone
    }

    var count: Int { slots.count }
    /// The number of the oldest element that is still there.
    var first: Int { total - slots.count }

    /// The elements that are still there from a number on, oldest first.
    func elements(from number: Int = 0) -> [Element] {
        let start = max(number, first)
        guard start < total else { return [] }
        return (start..<total).map { slots[$0 % capacity] }
    }

    /// Changes one element, if it is still there.
    mutating func change(_ number: Int, _ change: (inout Element) -> Void) {
        guard (first..<total).contains(number) else { return }
        change(&slots[number % capacity])
    }
}
