import Delivery
import Testing

/// Which limit Divar's words name.
@Suite struct LimitWordingTests {
    @Test(arguments: [
        ("per-minute limit exceeded", QuotaWindow.minute), ("Too many requests in a MINUTE", .minute),
        ("daily quota exceeded", .day), ("Daily quota", .day), ("quota per day is used up", .day),
    ])
    func `a limit that is named is that one`(_ words: String, _ window: QuotaWindow) {
        #expect(LimitWording.window(in: words) == window)
    }

    @Test(
        arguments: [
            nil, "", "too many requests", "limit of 60 per minute and 1000 per day exceeded", "quota", "محدودیت",
        ] as [String?])
    func `where none is named, or both are, nobody knows`(_ words: String?) {
        #expect(LimitWording.window(in: words) == nil)
    }
}
