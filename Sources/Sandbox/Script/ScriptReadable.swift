internal import StrictJSON

/// A value that scripts and control calls can say.
protocol ScriptReadable {
    /// Nil where something is wrong with the JSON; then the problems say what, and where.
    ///
    /// - Parameter place: where the value stands, such as `faults[2]`; empty for a whole body.
    init?(reading value: JSONValue, at place: String, problems: inout [String])
}
