import StrictJSON

/// Checks a value against the part of JSON Schema that Divar's documents use, and against members they do not know.
///
/// A keyword that is not known here is a complaint too, so that nothing is passed over in silence.
struct SchemaValidator {
    let document: ContractDocument

    private static let annotations: Set<String> = ["description", "example", "title", "readOnly", "format"]
    private static let checked: Set<String> = ["type", "properties", "required", "items", "enum"]

    /// What is wrong, each with its place; empty for a valid value.
    func complaints(about value: JSONValue, against schema: JSONValue, at place: String = "") throws -> [String] {
        let schema = try document.resolved(schema)
        var found: [String] = []
        for keyword in schema.objectMembers?.map(\.name) ?? []
        where !SchemaValidator.checked.union(SchemaValidator.annotations).contains(keyword) {
            found.append("\(place): the schema has \(keyword), which is not checked")
        }
        if let type = schema["type"]?.stringValue, type != typeName(of: value) {
            return found + ["\(place): \(value.kindName) where the schema wants \(type)"]
        }
        if let allowed = schema["enum"]?.arrayValue, !allowed.contains(value) {
            found.append("\(place): not one of the \(allowed.count) values")
        }
        for (index, element) in (value.arrayValue ?? []).enumerated() {
            guard let items = schema["items"] else { continue }
            found += try complaints(about: element, against: items, at: "\(place)/\(index)")
        }
        if let members = value.objectMembers { found += try complaints(about: members, against: schema, at: place) }
        return found
    }

    private func complaints(
        about members: [JSONMember], against schema: JSONValue, at place: String
    ) throws -> [String] {
        let value = JSONValue.object(members)
        var found = value.repeatedMembers().map { "\(place)\($0): stands twice" }
        for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] where value[name] == nil {
            found.append("\(place)/\(name): is missing")
        }
        // An object whose schema lists no properties is free, as the data of a server link is.
        guard let properties = schema["properties"] else { return found }
        for member in members {
            guard let property = properties[member.name] else {
                found.append("\(place)/\(member.name): the schema does not know it")
                continue
            }
            found += try complaints(about: member.value, against: property, at: "\(place)/\(member.name)")
        }
        return found
    }

    private func typeName(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number: value.integerValue == nil ? "number" : "integer"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
