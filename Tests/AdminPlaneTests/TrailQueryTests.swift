@testable import AdminPlane
import AuditReport
import Journal
import Messaging
import Testing

/// What somebody types into a search.
@Suite struct TrailQueryTests {
    private let now: Int64 = 1_800_000_000_000_000

    private func reading(_ query: String) throws -> TrailQuery.Reading {
        try TrailQuery(fields: FormFields(query)).reading(now: now)
    }

    @Test func `an empty form asks for everything`() throws {
        #expect(
            try reading("conversation=&user=&caller=&message=&since=&until=&outcome=&kind=") == TrailQuery.Reading())
    }

    @Test func `fields are decoded as forms encode them`() throws {
        let reading = try reading("conversation=%20a%2Bb+c+&user=%DA%AF&outcome=not_sent&kind=intent&below=7&limit=500")
        #expect(reading.filter.conversation == "a+b c")
        #expect(reading.filter.user == "گ")
        #expect(reading.filter.outcome == .notSent)
        #expect(reading.filter.kind == .intent)
        #expect(reading.below == 7)
        #expect(reading.limit == 500)
    }

    @Test(arguments: [
        ("2h", 1_799_992_800_000_000), ("3d", 1_799_740_800_000_000), ("0s", 1_800_000_000_000_000),
        ("2027-01-15", 1_799_971_200_000_000), ("2027-01-15T08:00:00Z", 1_800_000_000_000_000),
    ])
    func `a time is an instant, a day, or how long ago`(_ text: String, _ expected: Int64) throws {
        #expect(try reading("since=\(text)").filter.since == expected)
        #expect(try reading("until=\(text)").filter.until == expected)
    }

    @Test(arguments: [
        "since=yesterday", "since=-2h", "since=h", "until=99999999999d", "outcome=Sent", "kind=x", "below=0",
        "limit=501",
        "limit=0", "message=7",
    ])
    func `what makes no sense is named`(_ query: String) {
        let name = query.prefix { $0 != "=" }
        #expect(throws: TrailQueryProblem.self) { try reading(query) }
        do { _ = try reading(query) } catch { #expect("\(error)".contains(name)) }
    }

    @Test func `the next page is of the same search`() {
        let query = TrailQuery(fields: FormFields("caller=a%26b&below=9&outcome=sent"))
        #expect(query.next(below: 4) == "/trail?caller=a%26b&outcome=sent&below=4")
    }
}
