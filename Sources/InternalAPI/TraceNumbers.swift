internal import Messaging

/// Numbers for traces that begin here. They have to differ and need not be secret, so one seed of the system's is
/// enough: asking it for each number is a system call. Confined to one event loop. SplitMix64 (Steele et al., 2014).
final class TraceNumbers {
    private var state = UInt64.random(in: .min ... .max)

    func makeTrace() -> TraceContext {
        TraceContext(random: (next(), next()), span: next())
    }

    func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
