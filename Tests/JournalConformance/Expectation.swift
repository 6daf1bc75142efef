/// Checks that throw, so that the suite can be a library: what a promise needs is gone when one of its checks fails.
package enum Expectation {
    package static func holds(
        _ condition: Bool,
        _ what: @autoclosure () -> String,
        file: StaticString = #fileID,
        line: Int = #line
    ) throws {
        guard condition else { throw ConformanceFailure("\(file):\(line): \(what())") }
    }

    package static func equal<Value: Equatable>(
        _ found: Value,
        _ wanted: Value,
        _ what: @autoclosure () -> String,
        file: StaticString = #fileID,
        line: Int = #line
    ) throws {
        guard found == wanted else {
            throw ConformanceFailure("\(file):\(line): \(what()): \(found) instead of \(wanted)")
        }
    }

    package static func some<Value>(
        _ value: Value?,
        _ what: @autoclosure () -> String,
        file: StaticString = #fileID,
        line: Int = #line
    ) throws -> Value {
        guard let value else { throw ConformanceFailure("\(file):\(line): \(what()) is not there") }
        return value
    }
}
