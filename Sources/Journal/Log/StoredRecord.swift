/// A record as a store holds it.
package struct StoredRecord: Sendable, Hashable {
    /// Its number, counted from one.
    package var number: Int
    package var body: [UInt8]
    package var link: Digest32

    package init(number: Int, body: [UInt8], link: Digest32) {
        self.number = number
        self.body = body
        self.link = link
    }
}
