/// What a series stands at.
package enum MetricValue: Sendable, Hashable {
    case integer(Int)
    case number(Double)
    /// How many observations there were up to each bound, the sum of all, and how many in all.
    case distribution(upTo: [Int], sum: Double, count: Int)
}
