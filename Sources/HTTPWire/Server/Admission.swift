/// Whether a request may go on, decided from its head alone.
package enum Admission {
    /// Answered at once; the body is not looked at.
    case refuse(Response)
    /// The body is read up to a limit in bytes, then handed on. The reply must be used once, now or later, on the
    /// loop. Where the body turns out to be refused by the wire (too large, too slow), `refused` is told, and nothing
    /// is handed on.
    case accept(
        bodyLimit: Int,
        refused: ((ProtocolViolation) -> Void)? = nil,
        then: (_ body: [UInt8], _ reply: Reply) -> Void
    )
}
