private import Foundation

/// Prints rows in columns.
struct Table {
    private let widths: [Int]

    /// - Parameter heads: of the columns. The first is aligned to the left.
    init(_ title: String, _ heads: [String], first: Int = 24, others: Int = 10) {
        widths = [first] + heads.dropFirst().map { max(others, $0.count + 2) }
        print("\n" + title + "\n")
        row(heads)
    }

    func row(_ cells: [String]) {
        let padded = zip(cells, widths).enumerated().map { index, column in
            let space = String(repeating: " ", count: max(0, column.1 - column.0.count))
            return index == 0 ? column.0 + space : space + column.0
        }
        print(padded.joined())
    }

    static func percent(_ part: Double) -> String { String(format: "%.1f", part * 100) }

    static func number(_ value: Double) -> String { String(format: "%.0f", value) }

    static func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }
}
