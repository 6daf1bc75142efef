import Observability
import Testing

@Suite
struct PrometheusTextTests {
    private func text(_ kind: MetricKind, bounds: [Double] = [], help: String = "Help.", _ samples: [MetricSample])
        -> String
    {
        PrometheusText.text(of: [MetricFamily(MetricDescription("calls_total", kind, bounds: bounds, help), samples)])
    }

    @Test func `a counter has its help, its type and a line a series`() {
        let samples = [
            MetricSample([MetricLabel("app", "default")], .integer(3)), MetricSample(.number(0.5)),
        ]
        #expect(
            text(.counter, samples)
                == """
                # HELP calls_total Help.
                # TYPE calls_total counter
                calls_total{app="default"} 3
                calls_total 0.5

                """
        )
    }

    @Test func `a histogram's buckets hold all that is smaller, too`() {
        let sample = MetricSample(
            [MetricLabel("a", "b")], .distribution(upTo: [1, 3], sum: 7.25, count: 4))
        #expect(
            text(.histogram, bounds: [0.5, 2], [sample])
                == """
                # HELP calls_total Help.
                # TYPE calls_total histogram
                calls_total_bucket{a="b",le="0.5"} 1
                calls_total_bucket{a="b",le="2"} 3
                calls_total_bucket{a="b",le="+Inf"} 4
                calls_total_sum{a="b"} 7.25
                calls_total_count{a="b"} 4

                """
        )
    }

    @Test func `no value can end its line or its quotes`() {
        let sample = MetricSample([MetricLabel("app", "a\"\n\\b")], .integer(1))
        #expect(text(.gauge, help: "One\nline \\ \"two\".", [sample]).contains(#"calls_total{app="a\"\n\\b"} 1"#))
        #expect(text(.gauge, help: "One\nline \\ \"two\".", [sample]).contains(#"Help"#) == false)
        #expect(
            text(.gauge, help: "One\nline \\ \"two\".", [sample]).contains(#"# HELP calls_total One\nline \\ "two"."#))
    }

    @Test func `what is no number is written as the format wants it`() {
        for (value, written) in [(Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (1e21, "1e+21")] {
            #expect(text(.gauge, [MetricSample(.number(value))]).hasSuffix("calls_total \(written)\n"))
        }
    }

    @Test func `a family that says nothing isn't named`() {
        #expect(text(.gauge, []).isEmpty)
    }
}
