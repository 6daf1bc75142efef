import Metrics
import Observability
import Testing

@Suite
struct MetricsRegistryTests {
    private let registry = MetricsRegistry(
        describing: [MetricDescription("wait_seconds", .histogram, bounds: [0.1, 1], "How long.")])

    private func values(_ name: String) -> [MetricSample] {
        registry.collect().first { $0.description.name == name }?.samples ?? []
    }

    @Test func `the same name and labels are the same series, in whatever order the labels come`() {
        Counter(label: "calls_total", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Counter(label: "calls_total", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment(by: 2)
        Counter(label: "calls_total", dimensions: [("a", "2")], factory: registry).increment()
        #expect(
            values("calls_total") == [
                MetricSample([MetricLabel("a", "1"), MetricLabel("b", "2")], .integer(3)),
                MetricSample([MetricLabel("a", "2")], .integer(1)),
            ]
        )
    }

    @Test func `a timer's observations are seconds in the buckets that were described`() {
        let timer = Metrics.Timer(label: "wait_seconds", dimensions: [], factory: registry)
        timer.recordMilliseconds(50)
        timer.recordMilliseconds(500)
        timer.recordSeconds(5)
        #expect(values("wait_seconds") == [MetricSample(.distribution(upTo: [1, 2], sum: 5.55, count: 3))])
    }

    @Test func `an observation on a bound belongs to its bucket`() {
        Recorder(label: "wait_seconds", dimensions: [], aggregate: true, factory: registry).record(0.1)
        #expect(values("wait_seconds") == [MetricSample(.distribution(upTo: [1, 1], sum: 0.1, count: 1))])
    }

    @Test func `gauges stand at what they were last set to`() {
        let gauge = Gauge(label: "open", dimensions: [], factory: registry)
        gauge.record(3)
        gauge.record(1.5)
        let meter = Meter(label: "up", dimensions: [], factory: registry)
        meter.increment(by: 2)
        meter.decrement(by: 0.5)
        #expect(values("open") == [MetricSample(.number(1.5))])
        #expect(values("up") == [MetricSample(.number(1.5))])
    }

    @Test func `names of libraries are made fit`() {
        Counter(label: "nio.loop-1.ticks", dimensions: [("pool.name", "x")], factory: registry).increment()
        #expect(values("nio_loop_1_ticks") == [MetricSample([MetricLabel("pool_name", "x")], .integer(1))])
    }

    @Test func `a name that is taken by another kind stays what it was`() {
        Counter(label: "wait_seconds", dimensions: [], factory: registry).increment()
        #expect(values("wait_seconds").isEmpty)
    }

    @Test func `a family doesn't grow beyond its limit`() {
        for number in 0..<(MetricsRegistry.maximumSeries + 10) {
            Counter(label: "calls_total", dimensions: [("n", "\(number)")], factory: registry).increment()
        }
        #expect(values("calls_total").count == MetricsRegistry.maximumSeries)
    }

    @Test func `figures that are read when somebody looks stand among the others by name`() {
        struct Source: MetricSource {
            func families() -> [MetricFamily] {
                [MetricFamily(MetricDescription("bytes", .gauge, "Bytes."), [MetricSample(.integer(7))])]
            }
        }
        registry.add(Source())
        Counter(label: "a_total", dimensions: [], factory: registry).increment()
        Counter(label: "z_total", dimensions: [], factory: registry).increment()
        #expect(registry.collect().map(\.description.name) == ["a_total", "bytes", "z_total"])
    }
}
