internal import StrictJSON

/// Reads JSON as protobuf's JSON mapping takes it.
enum ProtobufJSON {
    /// The object in a body. No body at all is an empty message.
    static func object(_ bytes: [UInt8]) throws(RPCStatus) -> JSONValue {
        guard !bytes.isEmpty else { return .object([]) }
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes)
        } catch {
            throw RPCStatus(.invalidArgument, "the body is not JSON: \(error)")
        }
        guard case .object = value else {
            throw RPCStatus(.invalidArgument, "the body must be an object, not \(value.kindName)")
        }
        if let repeated = value.repeatedMembers().first {
            throw RPCStatus(.invalidArgument, "the member \(repeated) stands twice")
        }
        return value
    }

    /// A member that is there and is not null.
    static func present(_ name: String, of object: JSONValue) -> JSONValue? {
        guard let value = object[name], value != .null else { return nil }
        return value
    }

    /// A string that is there and is not empty. Throws where the member is no string.
    static func text(_ name: String, of object: JSONValue, at place: String = "") throws(RPCStatus) -> String? {
        guard let value = present(name, of: object) else { return nil }
        guard let text = value.stringValue else {
            throw RPCStatus(.invalidArgument, "\(place)\(name) must be a string, not \(value.kindName)")
        }
        return text.isEmpty ? nil : text
    }

    /// The elements of an array that is there; none where it isn't. Throws where the member is no array.
    static func elements(_ name: String, of object: JSONValue, at place: String) throws(RPCStatus) -> [JSONValue] {
        guard let value = present(name, of: object) else { return [] }
        guard let elements = value.arrayValue else {
            throw RPCStatus(.invalidArgument, "\(place)\(name) must be an array, not \(value.kindName)")
        }
        return elements
    }

    static func requireObject(_ value: JSONValue, at place: String) throws(RPCStatus) {
        guard case .object = value else {
            throw RPCStatus(.invalidArgument, "\(place) must be an object, not \(value.kindName)")
        }
    }
}
