/// What is wrong with a search.
struct TrailQueryProblem: Error, Sendable, Hashable {
    let field: String
    let expectation: String

    var detail: String { "\(field) takes \(expectation)" }
}
