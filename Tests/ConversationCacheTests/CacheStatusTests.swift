import ConversationCache
import Testing

/// RFC 9211: what `Cache-Status` says.
@Suite struct CacheStatusTests {
    private static func status(_ change: (inout CacheStatus) -> Void) -> CacheStatus {
        var status = CacheStatus()
        change(&status)
        return status
    }

    @Test(arguments: [
        (CacheStatus(), "divar-gateway"),
        (status { ($0.isHit, $0.ttl) = (true, 0) }, "divar-gateway; hit; ttl=0"),
        (status { ($0.isHit, $0.ttl) = (true, -412) }, "divar-gateway; hit; ttl=-412"),
        (.forwarded(.missing), "divar-gateway; fwd=uri-miss"),
        (.forwarded(.bypass), "divar-gateway; fwd=bypass"),
        (.forwarded(.request, status: 200), "divar-gateway; fwd=request; fwd-status=200"),
        (.forwarded(.stale, status: 304), "divar-gateway; fwd=stale; fwd-status=304"),
        (status { $0.detail = .negative }, "divar-gateway; detail=negative"),
        (status { $0.detail = .staleIfError }, "divar-gateway; detail=stale-if-error"),
        (status { $0.detail = .staleWhileRevalidate }, "divar-gateway; detail=stale-while-revalidate"),
        (status { $0.detail = .onlyIfCached }, "divar-gateway; detail=only-if-cached"),
        (status { ($0.isStored, $0.isCollapsed) = (true, true) }, "divar-gateway; stored; collapsed"),
    ])
    func `each part has its word`(status: CacheStatus, text: String) {
        #expect(status.text == text)
    }

    @Test func `the parts stand in one order`() {
        var status = CacheStatus.forwarded(.stale, status: 503)
        (status.ttl, status.isStored, status.isCollapsed, status.detail) = (-2, true, true, .staleIfError)
        let text = "divar-gateway; fwd=stale; fwd-status=503; ttl=-2; stored; collapsed; detail=stale-if-error"
        #expect(status.text == text)
    }

    /// Why Divar was asked.
    @Test(
        arguments: [
            ("", 0, "uri-miss"), ("no-cache", 0, "uri-miss"), ("no-cache", 4, "request"), ("max-age=1", 4, "request"),
            ("min-fresh=9", 4, "request"), ("", 12, "stale"), ("no-cache", 12, "stale"), ("max-age=1", 12, "stale"),
            ("", 75, "stale"),
        ] as [(String, Double, String)])
    func `the reason is that of the request or of what is stored`(
        directives: String,
        seconds: Double,
        reason: String
    ) throws {
        var rig = CacheRig()
        if seconds > 0 { try rig.bring(.text("x", .said(tag: "\"1\""))) }
        rig.pass(seconds)
        let settlement = try rig.bring(.text("y"), .named(), directives)
        #expect(settlement.statuses == ["divar-gateway; fwd=\(reason); fwd-status=200; ttl=10; stored"])
    }

    @Test(
        arguments: [
            (.unkept("x"), "; fwd=uri-miss; fwd-status=203"),
            (.text("x", .said("no-store")), "; fwd=uri-miss; fwd-status=200"),
            (.bad, "; fwd=uri-miss; fwd-status=400"), (.forbidden, "; fwd=uri-miss; fwd-status=403"),
            (.missing, "; fwd=uri-miss; fwd-status=404; stored"), (.failing, "; fwd=uri-miss; fwd-status=503"),
            (.unreachable, "; fwd=uri-miss"), (.notModified(fields: .none), "; fwd=uri-miss"),
            (.text("x", .said("max-age=0")), "; fwd=uri-miss; fwd-status=200; ttl=0; stored"),
            (.text("x", .said("max-age=5", age: 8)), "; fwd=uri-miss; fwd-status=200; ttl=-3; stored"),
        ] as [(FetchEnd, String)])
    func `what Divar said and what became of it is told`(end: FetchEnd, text: String) throws {
        var rig = CacheRig()
        #expect(try rig.bring(end).statuses == ["divar-gateway" + text])
    }

    @Test(arguments: [(10.0, "ttl=0"), (10.000_001, "ttl=-1"), (11, "ttl=-1"), (11.5, "ttl=-2")])
    func `what is stale has less than no freshness left`(seconds: Double, ttl: String) throws {
        var rig = CacheRig { $0.staleWhileRevalidate = 60_000_000 }
        try rig.bring()
        rig.pass(seconds)
        guard case .answered(_, let status, _, _) = rig.ask() else { Issue.record("no answer"); return }
        #expect(status == "divar-gateway; hit; \(ttl); detail=stale-while-revalidate")
    }
}
