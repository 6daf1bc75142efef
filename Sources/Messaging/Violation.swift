/// One thing that is wrong with a body, and where (an RFC 6901 pointer, empty for the whole body).
package struct Violation: Sendable, Hashable {
    package var pointer: String
    package var detail: String

    package init(pointer: String, detail: String) {
        self.pointer = pointer
        self.detail = detail
    }
}
