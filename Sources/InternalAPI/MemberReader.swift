internal import StrictJSON

/// The members of an object of which all are known by name. A member that is null counts as absent, as it does for the
/// JSON libraries of typed languages that write every field of a record.
struct MemberReader {
    private let object: JSONValue

    /// Reports every member that isn't known.
    init(_ object: JSONValue, at pointer: JSONPointer, knowing names: Set<String>, violations: inout ViolationList) {
        self.object = object
        for member in object.objectMembers ?? [] where !names.contains(member.name) {
            violations.add(pointer.appending(member.name), "is not a member that is known here")
        }
    }

    subscript(name: String) -> JSONValue? {
        guard let value = object[name], value != .null else { return nil }
        return value
    }
}
