@testable import AdminPlane
import Observability
import Testing

/// What charts are made of.
@Suite struct TrafficTests {
    private let bounds = [0.001, 0.01, 0.1]

    private func reading(
        at time: Int64,
        answered: [String: Int] = [:],
        upTo: [Int] = [0, 0, 0],
        timed: Int = 0,
        reads: [String: Int] = [:],
        operation: String = "send"
    ) -> TrafficReading {
        let label = MetricLabel("operation", operation)
        let families = [
            MetricFamily(
                MetricDescription("divar_gateway_requests_total", .counter, ""),
                answered.map { MetricSample([label, MetricLabel("status", $0.key)], .integer($0.value)) }),
            MetricFamily(
                MetricDescription("divar_gateway_request_duration_seconds", .histogram, bounds: bounds, ""),
                [MetricSample([label], .distribution(upTo: upTo, sum: 0, count: timed))]),
            MetricFamily(
                MetricDescription("divar_gateway_cache_reads_total", .counter, ""),
                reads.map { MetricSample([MetricLabel("result", $0.key)], .integer($0.value)) }),
        ]
        return TrafficReading(of: families, at: time)
    }

    private func point(from old: TrafficReading, to new: TrafficReading) -> TrafficPoint {
        TrafficPoint(from: old, to: new, bounds: bounds)
    }

    @Test func `a rate is what came between two readings`() {
        let old = reading(at: 100, answered: ["2xx": 10])
        let new = reading(at: 105, answered: ["2xx": 20, "5xx": 5])
        #expect(point(from: old, to: new).rates == ["2xx": 2, "5xx": 1])
        #expect(point(from: old, to: new).rate == 3)
    }

    @Test func `quantiles are those of the calls between the readings`() throws {
        let old = reading(at: 0, upTo: [100, 100, 100], timed: 100)
        let new = reading(at: 5, upTo: [100, 200, 200], timed: 200)
        let median = try #require(point(from: old, to: new).median)
        #expect(abs(median - 0.0055) < 1e-9)
        #expect(point(from: new, to: new).median == nil)
    }

    @Test func `a call beyond all bounds counts as the last bound`() {
        #expect(TrafficPoint.quantile(0.99, upTo: [0, 0, 0], count: 5, bounds: bounds) == 0.1)
    }

    @Test func `a share of reads is of those that came from memory`() {
        let old = reading(at: 0)
        let new = reading(at: 5, reads: ["hit": 2, "collapsed": 1, "miss": 1])
        #expect(point(from: old, to: new).hitShare == 0.75)
        #expect(point(from: new, to: new).hitShare == nil)
    }

    @Test func `probes are no traffic`() {
        let probes = reading(at: 5, answered: ["2xx": 10], upTo: [1, 1, 1], timed: 1, operation: "ready")
        #expect(point(from: reading(at: 0), to: probes).rate == 0)
        #expect(point(from: reading(at: 0), to: probes).median == nil)
    }

    @Test func `an hour is kept and no more`() {
        let history = TrafficHistory(bounds: bounds)
        for time in 0...Int64(TrafficHistory.maximum + 10) { history.add(reading(at: time * 5)) }
        #expect(history.points.count == TrafficHistory.maximum)
        #expect(history.points.first?.time == 55)
    }

    @Test func `calls that nobody takes are counted and not kept`() {
        let calls = LiveCalls()
        for _ in 0..<LiveCalls.maximum + 7 { calls.put([]) }
        let taken = calls.take()
        #expect(taken.lines.count == LiveCalls.maximum)
        #expect(taken.dropped == 7)
        #expect(calls.take().lines.isEmpty)
    }
}
