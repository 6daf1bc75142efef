/// Counts what happened within the last while, in buckets that lapse as a whole.
///
/// A bucket lapses when its last instant is a whole window ago. So what is counted stays for at least one window and at
/// most one bucket longer: never too short, which is what the limits need. Each step costs O(1) amortised.
struct SlidingCounter: Sendable {
    private let width: Int64
    private let size: Int
    /// A ring by bucket number; empty until something is counted, for most callers use few apps.
    private var buckets: [UInt32] = []
    /// The number of the newest bucket.
    private var latest: Int64 = 0
    private(set) var total = 0

    init(length: Int64, bucket: Int64) {
        width = bucket
        size = Int(length / bucket) + 1
    }

    init(_ window: QuotaWindow) {
        self.init(length: window.length, bucket: window.bucket)
    }

    /// When the bucket of an instant ends.
    static func boundary(after time: Int64, width: Int64) -> Int64 {
        (number(of: time, width: width) + 1) * width
    }

    /// The number of the oldest bucket that counts.
    var oldest: Int64 { latest - Int64(size) + 1 }

    /// Lets lapse what is over. Time that goes back changes nothing.
    mutating func advance(to now: Int64) {
        let number = SlidingCounter.number(of: now, width: width)
        guard total > 0 else {
            latest = number
            return
        }
        guard number > latest else { return }
        var next = max(latest + 1, number - Int64(size) + 1)
        while next <= number, total > 0 {
            let place = place(of: next)
            total -= Int(buckets[place])
            buckets[place] = 0
            next += 1
        }
        latest = number
    }

    /// Counts what happened at an instant; what lapsed already is passed over.
    mutating func add(_ count: Int = 1, at time: Int64) {
        let number = min(SlidingCounter.number(of: time, width: width), latest)
        guard count > 0, number >= oldest else { return }
        if buckets.isEmpty { buckets = Array(repeating: 0, count: size) }
        let place = place(of: number)
        let added = min(count, Int(UInt32.max - buckets[place]))
        buckets[place] += UInt32(added)
        total += added
    }

    func count(in number: Int64) -> Int { total == 0 ? 0 : Int(buckets[place(of: number)]) }

    /// The oldest bucket, from this one on, in which something is counted.
    func occupied(from number: Int64) -> Int64? {
        guard total > 0 else { return nil }
        var number = number
        while number <= latest {
            if buckets[place(of: number)] > 0 { return number }
            number += 1
        }
        return nil
    }

    /// When a bucket lapses.
    func lapse(of number: Int64) -> Int64 { (number + Int64(size)) * width }

    /// When the next of what is counted lapses.
    var nextLapse: Int64? { occupied(from: oldest).map { lapse(of: $0) } }

    private func place(of number: Int64) -> Int {
        let remainder = Int(number % Int64(size))
        return remainder < 0 ? remainder + size : remainder
    }

    /// Rounded down also below zero: what is put back from the journal may be older than the clock.
    private static func number(of time: Int64, width: Int64) -> Int64 {
        time >= 0 ? time / width : (time + 1) / width - 1
    }
}
