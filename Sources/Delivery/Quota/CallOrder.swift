/// Waiting calls in an order: by a key, and by their numbers where that is the same.
///
/// A sorted array, for at most `AppQuota.maximumWaiting` calls wait: what comes last goes in at the end, what leaves
/// first is passed over, and only what leaves from the middle moves others.
struct CallOrder: Sendable {
    struct Element {
        let key: Int64
        let number: UInt64
        let ticket: QuotaTicket

        fileprivate func isBefore(_ key: Int64, _ number: UInt64) -> Bool {
            (self.key, self.number) < (key, number)
        }
    }

    /// Places passed over at the front, before they are given back.
    private static let maximumGap = 64

    private var elements: [Element] = []
    private var start = 0

    var count: Int { elements.count - start }
    var first: Element? { start < elements.count ? elements[start] : nil }
    var all: ArraySlice<Element> { elements[start...] }

    mutating func insert(_ element: Element) {
        elements.insert(element, at: place(of: element.key, element.number))
    }

    mutating func remove(key: Int64, number: UInt64) {
        let place = place(of: key, number)
        guard place < elements.count, elements[place].key == key, elements[place].number == number else { return }
        guard place == start else {
            elements.remove(at: place)
            return
        }
        start += 1
        if start == elements.count || start >= CallOrder.maximumGap {
            elements.removeFirst(start)
            start = 0
        }
    }

    private func place(of key: Int64, _ number: UInt64) -> Int {
        var (low, high) = (start, elements.count)
        while low < high {
            let middle = (low + high) / 2
            if elements[middle].isBefore(key, number) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
