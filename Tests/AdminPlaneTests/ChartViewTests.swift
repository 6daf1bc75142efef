@testable import AdminPlane
import Testing

/// How values become lines.
@Suite struct ChartViewTests {
    @Test(arguments: [(0.0, 1.0), (0.3, 0.5), (1, 1), (1.1, 2), (4.2, 5), (7, 10), (51, 100), (0.00021, 0.0005)])
    func `a scale ends at a round number`(_ value: Double, _ top: Double) {
        #expect(abs(ChartView.scale(above: value) - top) < top * 1e-9)
    }

    @Test func `a line leaves a gap where nothing was measured`() {
        #expect(ChartView.path([0, nil, 1, 1], top: 1) == "M0 139h1M400 1h1L600 1")
        #expect(ChartView.path([], top: 1).isEmpty)
        #expect(ChartView.path([2], top: 1) == "M0 1h1")
    }

    @Test func `those who don't see it hear the same`() {
        let values = ChartView.Values(name: "2xx", tone: "one", values: [1, 3])
        let chart = ChartView("Answers", [values], seconds: 300, word: Wording.rounded)
        #expect(chart.summary == "Answers since 5 min ago; now: 2xx 3.00; highest 3.00")
    }
}
