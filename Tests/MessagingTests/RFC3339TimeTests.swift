import Messaging
import SeededCases
import Testing

@Suite struct RFC3339TimeTests {
    @Test func `every time that a record can have is read back`() {
        var random = SplitMix64()
        for number in 0..<2_000 {
            let time = Int64(random.below(253_402_300_799_999_999))
            let text = RFC3339Time.text(unixMicroseconds: time)
            #expect(RFC3339Time.unixMicroseconds(text) == time, "\(replay(number)): \(text)")
        }
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T03:30:00+03:30", 0), ("1969-12-31T20:30:00.5-03:30", 500_000),
        ("2026-11-22T00:00:00.1234567Z", 1_795_305_600_123_456), ("2024-02-29 23:59:60z", 1_709_251_200_000_000),
        ("1969-12-31T23:59:59Z", -1_000_000),
    ])
    func `every form of RFC 3339 is read`(text: String, time: Int64) {
        #expect(RFC3339Time.unixMicroseconds(text) == time)
    }

    @Test(arguments: [
        "", "2026", "2026-11-22", "2026-11-22T00:00:00", "2026-13-22T00:00:00Z", "2026-02-29T00:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-22T00:60:00Z", "2026-11-22T00:00:61Z", "2026-11-22T00:00:00.Z",
        "2026-11-22T00:00:00+0330", "2026-11-22T00:00:00Z ", "2026-00-10T00:00:00Z", "2026-11-22T00:00:00+24:00",
        "٢٠٢٦-11-22T00:00:00Z", "+026-11-22T00:00:00Z",
    ])
    func `what is no time is refused`(text: String) {
        #expect(RFC3339Time.unixMicroseconds(text) == nil)
    }
}
