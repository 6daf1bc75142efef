/// Writes metrics in the text format of Prometheus, version 0.0.4.
package enum PrometheusText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package static func text(of families: [MetricFamily]) -> String {
        var text = ""
        for family in families where !family.samples.isEmpty {
            let description = family.description
            text += "# HELP \(description.name) \(escaped(description.help, isQuoted: false))\n"
            text += "# TYPE \(description.name) \(description.kind.rawValue)\n"
            for sample in family.samples { write(sample, of: description, to: &text) }
        }
        return text
    }

    private static func write(_ sample: MetricSample, of description: MetricDescription, to text: inout String) {
        let name = description.name
        switch sample.value {
        case .integer(let value): line(name, sample.labels, String(value), to: &text)
        case .number(let value): line(name, sample.labels, number(value), to: &text)
        case .distribution(let upTo, let sum, let count):
            for (bound, observed) in zip(description.bounds, upTo) {
                line(name + "_bucket", sample.labels + [MetricLabel("le", number(bound))], String(observed), to: &text)
            }
            line(name + "_bucket", sample.labels + [MetricLabel("le", "+Inf")], String(count), to: &text)
            line(name + "_sum", sample.labels, number(sum), to: &text)
            line(name + "_count", sample.labels, String(count), to: &text)
        }
    }

    private static func line(_ name: String, _ labels: [MetricLabel], _ value: String, to text: inout String) {
        text += name
        if !labels.isEmpty {
            text += "{"
            text += labels.map { "\($0.name)=\"\(escaped($0.value, isQuoted: true))\"" }.joined(separator: ",")
            text += "}"
        }
        text += " \(value)\n"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let text = String(value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func escaped(_ text: String, isQuoted: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where isQuoted: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
