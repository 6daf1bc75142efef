private import StrictJSON

/// Reads members of a record's body.
package struct RecordView: Sendable {
    private let value: JSONValue

    /// Nil where the bytes are not a JSON object.
    package init?(_ body: [UInt8]) {
        guard let value = try? JSONParser.parse(body), case .object = value else { return nil }
        self.value = value
    }

    /// A member that is a text.
    package subscript(_ name: String) -> String? { value[name]?.stringValue }

    package func integer(_ name: String) -> Int? { value[name]?.integerValue }
}
