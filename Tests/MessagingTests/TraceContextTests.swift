import SeededCases
import Messaging
import Testing

/// `traceparent` as W3C Trace Context has it.
@Suite struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let span = "b7ad6b7169203331"

    @Test(arguments: ["00", "01", "02", "ff", "80", "a5"])
    func `a traceparent of version 00 is read`(_ flags: String) throws {
        let text = "00-\(TraceContextTests.trace)-\(TraceContextTests.span)-\(flags)"
        let context = try #require(TraceContext(traceparent: text))
        #expect(context.traceID == TraceContextTests.trace)
        #expect(context.spanID == TraceContextTests.span)
        #expect(context.flags == flags)
    }

    static let refused: [String] = [
        "", "-", "---", "00", "00-", "00-\(trace)", "00-\(trace)-\(span)", "00-\(trace)-\(span)-",
        // Version 00 has four parts and no more.
        "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-00", "00-\(trace)-\(span)-01-what-comes",
        "00-\(trace)-\(span)-01.",
        "00-\(trace)-\(span)-01 ", " 00-\(trace)-\(span)-01",
        // All-zero ids are no ids.
        "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
        "01-00000000000000000000000000000000-\(span)-01", "cc-\(trace)-0000000000000000-01",
        // Version ff is forbidden, and so are versions that are no two lower-case digits.
        "ff-\(trace)-\(span)-01", "ff-\(trace)-\(span)-01-x", "FF-\(trace)-\(span)-01", "0-\(trace)-\(span)-01",
        "000-\(trace)-\(span)-01", "0g-\(trace)-\(span)-01", ".0-\(trace)-\(span)-01", "-\(trace)-\(span)-01",
        // Upper case.
        "00-0AF7651916CD43DD8448EB211C80319C-\(span)-01", "00-\(trace)-B7AD6B7169203331-01",
        "00-\(trace)-\(span)-0A", "00-0af7651916cd43dd8448eb211c80319C-\(span)-01",
        // Lengths.
        "00-\(trace)0-\(span)-01", "00-0af7651916cd43dd8448eb211c80319-\(span)-01", "00-\(trace)-\(span)0-01",
        "00-\(trace)-b7ad6b716920333-01", "00-\(trace)-\(span)-1", "00-\(trace)-\(span)-001",
        // Characters.
        "00-0af7651916cd43dd8448eb211c80319g-\(span)-01", "00-\(trace)-b7ad6b716920333.-01",
        "00-\(trace)-\(span)-0g", "00_\(trace)_\(span)_01", "00-\(trace)-\(span)-0x1", "00 - \(trace) - \(span) - 01",
        "00-\(trace)-\(span)-\u{660}\u{661}", "00-\(trace)-\(span)\u{301}-01", "00–\(trace)–\(span)–01",
        // A higher version has to be read as far as version 00 goes.
        "cc-\(trace)-\(span)-01.what-the-future", "01-\(trace)-\(span)", "01-\(trace)-\(span)-0",
        "cc-\(trace)-\(span)-01what",
    ]

    @Test(arguments: refused)
    func `what is no traceparent is refused`(_ text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test(arguments: ["01-T-S-01", "01-T-S-01-", "cc-T-S-01", "cc-T-S-01-what-the-future-will-be-like", "fe-T-S-00-x"])
    func `a higher version is read as far as version 00 goes`(_ pattern: String) throws {
        let text = pattern.replacing("T", with: TraceContextTests.trace).replacing("S", with: TraceContextTests.span)
        let context = try #require(TraceContext(traceparent: text))
        #expect(context.traceID == TraceContextTests.trace)
        #expect(context.spanID == TraceContextTests.span)
        let passedOn = context.child(span: 0xABCD)
        #expect(passedOn.traceparent.hasPrefix("00-\(TraceContextTests.trace)-000000000000abcd-0"))
    }

    @Test func `a child keeps the trace and the sampling, with a span of its own`() throws {
        let parent = try #require(
            TraceContext(traceparent: "00-\(TraceContextTests.trace)-\(TraceContextTests.span)-01")
        )
        let child = parent.child(span: 0x1234_5678_9ABC_DEF1)
        #expect(child.traceparent == "00-\(TraceContextTests.trace)-123456789abcdef1-01")
        #expect(TraceContext(traceparent: child.traceparent) == child)
        #expect(child.spanID != parent.spanID)
    }

    /// W3C Trace Context section 3.2.2.5.2: the other flags are reserved, and "Vendors MUST set those to zero".
    @Test(arguments: [("ff", "01"), ("fe", "00"), ("02", "00"), ("03", "01"), ("80", "00"), ("00", "00")])
    func `a child passes on no flag but the sampling`(_ flags: String, _ passedOn: String) throws {
        let text = "00-\(TraceContextTests.trace)-\(TraceContextTests.span)-\(flags)"
        let child = try #require(TraceContext(traceparent: text)).child(span: 1)
        #expect(child.traceparent.hasSuffix("-\(passedOn)"))
    }

    @Test func `a trace of our own is valid whatever the random numbers are`() {
        var random = SplitMix64()
        let extremes: [UInt64] = [0, 1, .max, 1 << 63]
        for value in extremes {
            let own = TraceContext(random: (value, value), span: value)
            #expect(TraceContext(traceparent: own.traceparent) == own)
            #expect(own.flags == "00")
            #expect(TraceContext(traceparent: own.child(span: value).traceparent) == own.child(span: value))
        }
        for number in 0..<1_000 {
            let own = TraceContext(random: (random.next(), random.next()), span: random.next())
            #expect(TraceContext(traceparent: own.traceparent) == own, "\(replay(number))")
        }
    }

    @Test func `a random text is no traceparent and does no harm`() {
        var random = SplitMix64()
        let valid = Array("00-\(TraceContextTests.trace)-\(TraceContextTests.span)-01".unicodeScalars)
        let strange = Array("-0fgA\u{0}\u{301}é🙂 ".unicodeScalars)
        for number in 0..<5_000 {
            var scalars = valid
            for _ in 0..<(1 + random.below(3)) {
                scalars[random.below(scalars.count)] = random.element(of: strange)
            }
            let text = String(String.UnicodeScalarView(scalars))
            guard let context = TraceContext(traceparent: text) else { continue }
            #expect(context.traceparent.utf8.count == 55, "\(replay(number)): \(text.debugDescription)")
            #expect(TraceContext(traceparent: context.traceparent) == context, "\(replay(number))")
        }
    }
}
