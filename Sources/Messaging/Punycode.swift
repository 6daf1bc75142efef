/// Labels of host names beyond ASCII, in ASCII (RFC 3492).
enum Punycode {
    private static let base = 36
    private static let minimum = 1
    private static let maximum = 26
    private static let skew = 38
    private static let damp = 700
    private static let firstBias = 72
    private static let firstCode = 128
    /// Longer labels are no labels; it also keeps every sum far from overflowing.
    private static let longestInput = 63

    /// Without the prefix `xn--`; nil where the label is too long for one.
    static func encoded(_ scalars: [Unicode.Scalar]) -> String? {
        guard scalars.count <= longestInput else { return nil }
        let plain = scalars.filter(\.isASCII)
        var output = plain.map { UInt8($0.value) }
        if !plain.isEmpty { output.append(UInt8(ascii: "-")) }
        let codes = scalars.map { Int($0.value) }
        var (code, delta, bias, handled) = (firstCode, 0, firstBias, plain.count)
        while handled < codes.count {
            let next = codes.filter { $0 >= code }.min() ?? code
            delta += (next - code) * (handled + 1)
            code = next
            for other in codes {
                if other < code { delta += 1 }
                guard other == code else { continue }
                append(delta, bias: bias, to: &output)
                bias = adapted(delta, count: handled + 1, isFirst: handled == plain.count)
                delta = 0
                handled += 1
            }
            delta += 1
            code += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// A number of variable length (section 3.3).
    private static func append(_ number: Int, bias: Int, to output: inout [UInt8]) {
        var rest = number
        var position = base
        while true {
            let threshold = min(max(position - bias, minimum), maximum)
            guard rest >= threshold else { break }
            output.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            position += base
        }
        output.append(digit(rest))
    }

    /// Section 6.1.
    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var steps = 0
        while delta > (base - minimum) * maximum / 2 {
            delta /= base - minimum
            steps += base
        }
        return steps + (base - minimum + 1) * delta / (delta + skew)
    }

    private static func digit(_ value: Int) -> UInt8 {
        value < 26 ? UInt8(ascii: "a") + UInt8(value) : UInt8(ascii: "0") + UInt8(value - 26)
    }
}
