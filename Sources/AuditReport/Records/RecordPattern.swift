internal import StrictJSON

/// Bytes that the body of a record with a certain member contains: the search that an archive can do by itself.
enum RecordPattern {
    static func bytes(_ name: String, _ value: String) -> [UInt8] {
        JSONWriter.bytes(.string(name)) + [UInt8(ascii: ":")] + JSONWriter.bytes(.string(value))
    }
}
