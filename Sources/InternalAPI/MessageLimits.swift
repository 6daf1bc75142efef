/// What a message may have. Divar documents no limit on text, so this one is the operator's.
package struct MessageLimits: Sendable, Hashable {
    /// The whole body of a send, in bytes.
    package var bodyBytes = 64 * 1024
    /// Unicode scalars of a text: what most languages count as its length.
    package var textCharacters = 4096

    package init() {}

    /// A link of a button, in bytes: what browsers and phones handle.
    static let linkBytes = 2048
    /// Nesting of a send's body: a grid of buttons with data in their links needs less.
    static let bodyDepth = 32
    /// The body of `POST /upload-token`: nothing, or an empty object with some air in it.
    static let uploadTokenBodyBytes = 1024
    /// A user's two tokens and what is said of them, every character escaped.
    static let userTokensBodyBytes = 96 * 1024
    /// One of Divar's events: a message and what it concerns.
    static let eventBodyBytes = 256 * 1024
    /// Violations named in one answer; a body can hold more mistakes than anybody wants to read.
    static let reportedViolations = 100
}
