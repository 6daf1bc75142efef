/// What a scanner says of the bytes so far.
enum LineScan<Line> {
    /// The line has no end yet, and nothing wrong.
    case incomplete
    /// The whole line, with its CRLF.
    case line(Line, length: Int)
    case violation(ProtocolViolation)
}
