/// Lines over the last hour, as an SVG picture has them.
struct ChartView: Sendable {
    struct Line: Sendable {
        let name: String
        /// Which of the page's four colours.
        let tone: String
        let path: String
        let last: String
    }

    /// One line before it is drawn; nil where there was nothing to measure.
    struct Values: Sendable {
        let name: String
        let tone: String
        let values: [Double?]
    }

    let title: String
    let lines: [Line]
    let top: String
    let middle: String
    let from: String
    /// For those who don't see it.
    let summary: String

    private static let width = 600.0
    private static let height = 140.0

    /// - Parameters:
    ///   - seconds: how long ago the first value is.
    ///   - word: a value as people read it.
    ///   - most: what the scale has at least.
    init(_ title: String, _ values: [Values], seconds: Int64, most: Double = 0, word: (Double) -> String) {
        let highest = values.flatMap(\.values).compactMap(\.self).max() ?? 0
        let top = ChartView.scale(above: max(highest, most))
        self.title = title
        self.top = word(top)
        middle = word(top / 2)
        from = seconds < 120 ? "\(seconds) s ago" : "\(seconds / 60) min ago"
        lines = values.map { line in
            Line(
                name: line.name, tone: line.tone, path: ChartView.path(line.values, top: top),
                last: line.values.last.flatMap(\.self).map(word) ?? "–")
        }
        let now = lines.map { "\($0.name) \($0.last)" }.joined(separator: ", ")
        summary = "\(title) since \(from); now: \(now); highest \(word(highest))"
    }

    /// The next of 1, 2 and 5 times a power of ten.
    static func scale(above value: Double) -> Double {
        guard value > 0 else { return 1 }
        var power = 1.0
        while power > value { power /= 10 }
        while power * 10 <= value { power *= 10 }
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= value } ?? power * 10
    }

    /// Values that are missing leave a gap. A lone value between two gaps is drawn as a short dash.
    static func path(_ values: [Double?], top: Double) -> String {
        let step = values.count > 1 ? width / Double(values.count - 1) : 0
        var path = ""
        var isDrawing = false
        for (index, value) in values.enumerated() {
            guard let value else {
                isDrawing = false
                continue
            }
            let x = number(Double(index) * step)
            let y = number(height - 1 - (height - 2) * min(1, value / top))
            path += isDrawing ? "L\(x) \(y)" : "M\(x) \(y)h1"
            isDrawing = true
        }
        return path
    }

    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(abs(tenths % 10))"
    }
}
