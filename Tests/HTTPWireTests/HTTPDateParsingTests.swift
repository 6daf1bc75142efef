import HTTPWire
import SeededCases
import Testing

/// Dates as senders write them (RFC 9110 section 5.6.7).
@Suite struct HTTPDateParsingTests {
    private let now = 1_800_000_000

    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ])
    func `the three forms are one time`(text: String) {
        #expect(HTTPDate.unixSeconds(text, now: now) == 784_111_777)
    }

    @Test func `what is written can be read`() {
        var random = SplitMix64()
        for _ in 0..<20_000 {
            let seconds = random.below(253_402_300_799)
            #expect(HTTPDate.unixSeconds(HTTPDate.text(unixSeconds: seconds), now: now) == seconds)
        }
    }

    @Test func `a short year lies at most fifty years ahead`() {
        let year2027 = now
        for (short, year) in [("77", 2077), ("78", 1978), ("00", 2000), ("99", 1999)] {
            let read = HTTPDate.unixSeconds("Friday, 01-Jan-\(short) 00:00:00 GMT", now: year2027)
            #expect(read == HTTPDate.unixSeconds("Fri, 01 Jan \(year) 00:00:00 GMT", now: year2027))
        }
    }

    @Test(arguments: [
        "", "0", "-1", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 6 Nov 94 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov +994 08:49:37 GMT", "Sun, 06 Nov 19944 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1969 08:49:37 GMT",
    ])
    func `anything else is none`(text: String) {
        #expect(HTTPDate.unixSeconds(text, now: now) == nil)
    }

    @Test func `random texts are read or refused`() {
        var random = SplitMix64()
        let pieces = ["Sun", ",", " ", "06", "-", "Nov", "1994", ":", "08", "GMT", "\u{1F600}", "99999999999999999999"]
        for _ in 0..<50_000 {
            let text = (0..<random.below(14)).map { _ in random.element(of: pieces) }.joined()
            _ = HTTPDate.unixSeconds(text, now: now)
        }
    }
}
