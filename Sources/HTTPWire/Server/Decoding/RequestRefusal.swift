/// A violation as an error, for `Result`.
struct RequestRefusal: Error {
    let violation: ProtocolViolation

    init(_ violation: ProtocolViolation) {
        self.violation = violation
    }
}
