/// A small generator whose whole state is its seed: the same seed gives the same numbers on every machine.
///
/// The algorithm is SplitMix64 by Guy Steele, Doug Lea and Christine Flood (OOPSLA 2014). Not for secrets.
struct SplitMix64: RandomNumberGenerator, Sendable, Hashable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Whether something of this probability happens now. Takes a number only where the answer is open.
    mutating func happens(_ probability: Double) -> Bool {
        guard probability > 0 else { return false }
        guard probability < 1 else { return true }
        // 53 bits are what a Double holds exactly.
        return Double(next() >> 11) * 0x1p-53 < probability
    }
}
