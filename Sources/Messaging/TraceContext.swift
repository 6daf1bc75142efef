/// Which trace a call belongs to (W3C Trace Context level 1, `traceparent` version 00).
package struct TraceContext: Sendable, Hashable {
    /// 32 lower-case hexadecimal digits, not all zero.
    package let traceID: String
    /// 16 lower-case hexadecimal digits, not all zero: the span that calls.
    package let spanID: String
    /// Two hexadecimal digits; the lowest bit says that the caller samples.
    package let flags: String

    /// Starts a trace of our own, unsampled: nobody asked for it.
    package init(random: (UInt64, UInt64), span: UInt64) {
        traceID = Hexadecimal.text(random.0 | 1) + Hexadecimal.text(random.1)
        spanID = Hexadecimal.text(span | 1)
        flags = "00"
    }

    /// Reads a `traceparent`, or gives nil where it isn't one: section 3.2.2 says to start anew then.
    ///
    /// A higher version is read as far as version 00 goes, as section 4.3 asks; version `ff` is forbidden.
    package init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 4, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            TraceContext.isHexadecimal(parts[0], digits: 2), TraceContext.isHexadecimal(parts[1], digits: 32),
            TraceContext.isHexadecimal(parts[2], digits: 16), TraceContext.isHexadecimal(parts[3], digits: 2),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        (traceID, spanID, flags) = (parts[1], parts[2], parts[3])
    }

    private init(traceID: String, spanID: String, flags: String) {
        (self.traceID, self.spanID, self.flags) = (traceID, spanID, flags)
    }

    /// The same trace with our own span as the parent of what we call. Of the flags only the sampling goes on: section
    /// 3.2.2.5.2 asks a sender to set the others, which version 00 doesn't have, to zero.
    package func child(span: UInt64) -> TraceContext {
        TraceContext(traceID: traceID, spanID: Hexadecimal.text(span | 1), flags: isSampled ? "01" : "00")
    }

    package var traceparent: String { "00-\(traceID)-\(spanID)-\(flags)" }

    private var isSampled: Bool { UInt8(flags, radix: 16).map { !$0.isMultiple(of: 2) } ?? false }

    private static func isHexadecimal(_ text: String, digits: Int) -> Bool {
        text.utf8.count == digits
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
