private import Foundation

/// A small generator whose whole state is its seed, so that what it produced once can be produced again.
package struct SplitMix64: RandomNumberGenerator {
    /// The seed of every random case, unless `TEST_SEED` in the environment says another.
    package static let seed: UInt64 =
        ProcessInfo.processInfo.environment["TEST_SEED"].flatMap { UInt64($0) } ?? 20_260_801

    private var state: UInt64

    package init(seed: UInt64 = SplitMix64.seed) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    package mutating func below(_ bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &self)
    }

    package mutating func chance(_ part: Int, in whole: Int) -> Bool {
        below(whole) < part
    }

    package mutating func element<T>(of choices: [T]) -> T {
        choices[below(choices.count)]
    }
}

/// What a failing random case has to say so that it can be run again.
package func replay(_ number: Int, seed: UInt64 = SplitMix64.seed) -> String {
    "case \(number); replay with TEST_SEED=\(seed)"
}
