/// What a journal keeps of one message beside its records: what erasure destroys.
package struct SealedContent: Sendable, Hashable {
    /// The record key, or that key under a master key.
    package var key: [UInt8]
    /// The id of the master key; nil where the record key lies open.
    package var master: String?
    /// The content under the record key; nil where contents are not kept.
    package var content: [UInt8]?

    package init(key: [UInt8], master: String? = nil, content: [UInt8]? = nil) {
        self.key = key
        self.master = master
        self.content = content
    }
}
