private import Foundation
internal import SeededCases

/// Ranks by Zipf's law, the lowest most often, in constant time each (Gray et al., SIGMOD 1994), as YCSB makes them.
struct Zipfian {
    private let theta: Double
    private var count: Int
    private var zeta: Double
    private var eta = 0.0

    /// - Parameter zeta: the sum of 1/rank^theta, where it is known already.
    init(count: Int, theta: Double, zeta: Double? = nil) {
        self.theta = theta
        self.count = count
        self.zeta = zeta ?? Zipfian.zeta(1...count, theta)
        fit()
    }

    mutating func grow(to count: Int) {
        guard count > self.count else { return }
        zeta += Zipfian.zeta(self.count + 1...count, theta)
        self.count = count
        fit()
    }

    func rank(_ random: inout SplitMix64) -> Int {
        let uniform = Double.random(in: 0..<1, using: &random)
        let part = uniform * zeta
        if part < 1 { return 0 }
        if part < 1 + pow(0.5, theta) { return 1 }
        return min(count - 1, Int(Double(count) * pow(eta * uniform - eta + 1, 1 / (1 - theta))))
    }

    private mutating func fit() {
        eta = (1 - pow(2 / Double(count), 1 - theta)) / (1 - Zipfian.zeta(1...2, theta) / zeta)
    }

    private static func zeta(_ ranks: ClosedRange<Int>, _ theta: Double) -> Double {
        ranks.reduce(0) { $0 + 1 / pow(Double($1), theta) }
    }
}
