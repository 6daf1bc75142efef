import DivarAPI
import Foundation
import StrictJSON
import Testing

/// One of Divar's published OpenAPI documents, where it lies beside the project.
struct ContractDocument {
    let root: JSONValue

    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "../shared/divar").standardized

    static let missing: Comment = "Divar's contract documents are not beside the project"

    /// Whether both documents can be read here; whoever only uses the project does not have them.
    static let arePresent = Contract.allCases.allSatisfy {
        FileManager.default.isReadableFile(atPath: file(of: $0).path(percentEncoded: false))
    }

    init(_ contract: Contract) throws {
        root = try JSONParser.parse(Array(try Data(contentsOf: ContractDocument.file(of: contract))))
    }

    private static func file(of contract: Contract) -> URL {
        folder.appending(path: "openapi-chat-\(contract.rawValue).json")
    }

    /// Every operation, under its method and path as in `POST /a/{b}`.
    func operations() throws -> [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        for path in try #require(root["paths"]?.objectMembers) {
            for method in try #require(path.value.objectMembers) {
                found["\(method.name.uppercased()) \(path.name)"] = method.value
            }
        }
        return found
    }

    func operation(of endpoint: Endpoint) throws -> JSONValue {
        try #require(try operations()["\(endpoint.method.rawValue) \(endpoint.path)"])
    }

    /// The schema of an operation's JSON body, or nil where it has none.
    func bodySchema(of endpoint: Endpoint) throws -> JSONValue? {
        guard let body = try operation(of: endpoint)["requestBody"] else { return nil }
        return try resolved(body)["content"]?["application/json"]?["schema"]
    }

    func answerSchema(of endpoint: Endpoint) throws -> JSONValue {
        let answer = try operation(of: endpoint)["responses"]?["200"]?["content"]?["application/json"]?["schema"]
        return try resolved(try #require(answer))
    }

    /// The value itself, or what its `$ref` leads to.
    func resolved(_ value: JSONValue) throws -> JSONValue {
        guard let reference = value["$ref"]?.stringValue else { return value }
        #expect(reference.hasPrefix("#/"))
        return try reference.dropFirst(2).split(separator: "/").reduce(root) { value, name in
            try #require(value[String(name)])
        }
    }

    func iconNames() throws -> [String] {
        let icons = try #require(root["components"]?["schemas"]?["DivarIconsIconName"]?["enum"]?.arrayValue)
        return icons.compactMap(\.stringValue)
    }
}
