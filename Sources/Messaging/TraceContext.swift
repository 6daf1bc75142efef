/// Which trace a call belongs to (W3C Trace Context level 1, `traceparent` version 00). Kept as numbers, which cost
/// nothing where nobody asks for the text.
package struct TraceContext: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64
    private let span: UInt64
    private let flagBits: UInt8

    /// Starts a trace of our own, unsampled: nobody asked for it.
    package init(random: (UInt64, UInt64), span: UInt64) {
        self.init(high: random.0 | 1, low: random.1, span: span | 1, flagBits: 0)
    }

    /// Reads a `traceparent`, or gives nil where it isn't one: section 3.2.2 says to start anew then.
    ///
    /// A higher version is read as far as version 00 goes, as section 4.3 asks; version `ff` is forbidden.
    package init?(traceparent: String) {
        let parts = traceparent.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, let version = TraceContext.number(parts[0], digits: 2), version != 0xFF,
            version != 0 || parts.count == 4, parts[1].count == 32,
            let high = TraceContext.number(parts[1].prefix(16), digits: 16),
            let low = TraceContext.number(parts[1].dropFirst(16), digits: 16),
            let span = TraceContext.number(parts[2], digits: 16),
            let flags = TraceContext.number(parts[3], digits: 2), high | low != 0, span != 0
        else { return nil }
        self.init(high: high, low: low, span: span, flagBits: UInt8(flags))
    }

    private init(high: UInt64, low: UInt64, span: UInt64, flagBits: UInt8) {
        (self.high, self.low, self.span, self.flagBits) = (high, low, span, flagBits)
    }

    /// 32 lower-case hexadecimal digits, not all zero.
    package var traceID: String { Hexadecimal.text(high) + Hexadecimal.text(low) }
    /// 16 lower-case hexadecimal digits, not all zero: the span that calls.
    package var spanID: String { Hexadecimal.text(span) }
    /// Two hexadecimal digits; the lowest bit says that the caller samples.
    package var flags: String { Hexadecimal.text([flagBits]) }

    /// The same trace with our own span as the parent of what we call. Of the flags only the sampling goes on: section
    /// 3.2.2.5.2 asks a sender to set the others, which version 00 doesn't have, to zero.
    package func child(span: UInt64) -> TraceContext {
        TraceContext(high: high, low: low, span: span | 1, flagBits: flagBits & 1)
    }

    package var traceparent: String { "00-\(traceID)-\(spanID)-\(flags)" }

    /// Lower-case digits only, as section 3.2 has them.
    private static func number(_ digits: Substring.UTF8View, digits count: Int) -> UInt64? {
        guard digits.count == count else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }
}
