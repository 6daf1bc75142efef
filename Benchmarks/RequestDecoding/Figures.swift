/// A few times of the same work.
struct Figures: CustomStringConvertible {
    private let sorted: [Double]

    init(_ times: [Double]) {
        sorted = times.sorted()
    }

    var median: Double { sorted[sorted.count / 2] }

    var description: String {
        let rounded = [median, sorted[0], sorted[sorted.count - 1]].map { Int($0.rounded()) }
        return "\(rounded[0]) (\(rounded[1]) to \(rounded[2]))"
    }
}
