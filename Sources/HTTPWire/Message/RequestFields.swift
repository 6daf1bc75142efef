/// The fields of a request that are read here, each at most once: lists are joined.
package struct RequestFields: Sendable, Hashable {
    private var values: [(name: FieldName, value: String)] = []
    /// A field that came twice though it may come once: which one was meant is anybody's guess, so nobody guesses.
    package private(set) var repeated: FieldName?

    package init() {}

    package mutating func add(_ name: FieldName, _ value: String) {
        if let index = values.firstIndex(where: { $0.name == name }) {
            if name.isList {
                values[index].value += ", " + value
                return
            }
            repeated = name
        }
        values.append((name, value))
    }

    package subscript(name: FieldName) -> String? {
        values.first { $0.name == name }?.value
    }

    package static func == (left: RequestFields, right: RequestFields) -> Bool {
        left.repeated == right.repeated && left.values.elementsEqual(right.values, by: ==)
    }

    package func hash(into hasher: inout Hasher) {
        for (name, value) in values {
            hasher.combine(name)
            hasher.combine(value)
        }
    }
}
