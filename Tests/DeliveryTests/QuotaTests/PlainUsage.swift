import Delivery

/// What callers hold of an app and have asked for, remembered call by call and counted anew each time.
struct PlainUsage {
    struct Use {
        let caller: Int
        let time: Int64
    }

    static let second: Int64 = 1_000_000
    static let hour = 3_600 * second

    /// Where the clock of the mirror begins: its buckets lie so.
    var epoch: Int64 = 0
    var underway: [Int]
    private(set) var ended: [Use] = []
    private var asked: [Use] = []

    init(callers: Int) {
        underway = Array(repeating: 0, count: callers)
    }

    static func length(_ window: QuotaWindow) -> Int64 { window == .minute ? 60 * second : 24 * hour }

    static func bucket(_ window: QuotaWindow) -> Int64 { window == .minute ? second : 300 * second }

    mutating func end(_ caller: Int, at time: Int64) {
        underway[caller] -= 1
        ended.append(Use(caller: caller, time: time))
    }

    mutating func ask(_ caller: Int, at time: Int64) {
        asked.append(Use(caller: caller, time: time))
    }

    mutating func forget(at now: Int64) {
        let length = PlainUsage.length(.day) + PlainUsage.bucket(.day)
        ended.removeAll { $0.time < now - length }
        asked.removeAll { $0.time < now - 2 * PlainUsage.hour }
    }

    /// By caller: what is under way, and what ended until its bucket is a window ago.
    func held(_ window: QuotaWindow, at now: Int64) -> [Int] {
        let (length, bucket) = (PlainUsage.length(window), PlainUsage.bucket(window))
        let first = PlainUsage.floor(now - epoch, bucket) - length / bucket
        var held = underway
        for use in ended where PlainUsage.floor(use.time - epoch, bucket) >= first { held[use.caller] += 1 }
        return held
    }

    /// The most that each caller can be thought to want: it may be less.
    func wanted(_ window: QuotaWindow, at now: Int64) -> [Int] {
        let recent = window == .minute ? 122 * PlainUsage.second : 2 * PlainUsage.hour
        let past = window == .minute ? 244 * PlainUsage.second : 2 * PlainUsage.hour
        var wanted = underway.map { _ in 0 }
        var isRecent = underway.map { _ in false }
        for use in asked where use.time >= now - past {
            wanted[use.caller] += window == .minute ? 1 : 24
            if use.time >= now - recent { isRecent[use.caller] = true }
        }
        return wanted.indices.map { isRecent[$0] ? wanted[$0] : 0 }
    }

    private static func floor(_ time: Int64, _ width: Int64) -> Int64 {
        time >= 0 ? time / width : (time + 1) / width - 1
    }
}
