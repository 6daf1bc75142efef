import DivarAPI
import Messaging
import StrictJSON
import Testing

/// The catalogue and what it builds, held against Divar's own documents.
@Suite(.enabled(if: ContractDocument.arePresent, ContractDocument.missing))
struct ContractTests {
    @Test(arguments: Contract.allCases)
    func `the catalogue and the document have the same methods and paths`(_ contract: Contract) throws {
        let documented = Set(try ContractDocument(contract).operations().keys)
        let known = Catalogue.endpoints(of: contract).map { "\($0.method.rawValue) \($0.path)" }
        #expect(Set(known) == documented)
        #expect(known.count == documented.count)
    }

    @Test(arguments: Contract.allCases)
    func `the document names the key's permission and the token's scopes`(_ contract: Contract) throws {
        let document = try ContractDocument(contract)
        for endpoint in Catalogue.endpoints(of: contract) {
            let operation = try document.operation(of: endpoint)
            let prose = try #require(operation["description"]?.stringValue)
            #expect(prose.contains("`\(endpoint.keyPermission)`"), "\(endpoint.name)")
            let security = try #require(operation["security"]?.arrayValue?.first)
            let scopes = security["OAuth"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let known = endpoint.tokenScopes.map { $0.filter { !"{}".contains($0) } }
            // The prose that the bot endpoints share names the scope that only those to a user need.
            if endpoint.needsUserToken { #expect(Set(known) == Set(scopes), "\(endpoint.name)") }
            if scopes.isEmpty { #expect(!endpoint.needsUserToken, "\(endpoint.name)") }
            #expect(Set(known).isSubset(of: scopes), "\(endpoint.name)")
        }
    }

    @Test(arguments: Contract.allCases)
    func `the identifier in a path is the document's parameter`(_ contract: Contract) throws {
        let document = try ContractDocument(contract)
        for endpoint in Catalogue.endpoints(of: contract) {
            let parameters = try document.operation(of: endpoint)["parameters"]?.arrayValue ?? []
            let names = parameters.filter { $0["in"] == .string("path") }.compactMap { $0["name"]?.stringValue }
            let identifiers = endpoint.path.segments.compactMap { segment in
                if case .identifier(let name) = segment { name } else { nil }
            }
            #expect(identifiers == names, "\(endpoint.name)")
        }
    }

    @Test(arguments: Contract.allCases)
    func `an endpoint's answer has the members that its form reads`(_ contract: Contract) throws {
        let document = try ContractDocument(contract)
        for endpoint in Catalogue.endpoints(of: contract) {
            let schema = try document.answerSchema(of: endpoint)
            let members = Set(schema["properties"]?.objectMembers?.map(\.name) ?? [])
            let read: Set<String> =
                switch endpoint.answer {
                case .sentConversation: ["conversation_id"]
                case .sentStatus: ["status", "message"]
                case .uploadToken: ["token"]
                case .conversation: ["conversation", "messages"]
                }
            #expect(read == members, "\(endpoint.name)")
        }
    }

    /// Every draft of the samples through every endpoint: the body is one of the document's.
    @Test(arguments: Contract.allCases)
    func `every body that is built is valid by the document's schema`(_ contract: Contract) throws {
        let document = try ContractDocument(contract)
        let validator = SchemaValidator(document: document)
        var checked = 0
        for endpoint in Catalogue.endpoints(of: contract) where Samples.isSend(endpoint) {
            let schema = try #require(try document.bodySchema(of: endpoint))
            for content in try Samples.contents() {
                for (index, grid) in try Samples.grids().enumerated() {
                    var draft = try Samples.draft(for: endpoint.operation, content: content)
                    draft.buttons = grid
                    if endpoint.body == .conversationMessage, index.isMultiple(of: 2) { draft.senderButtons = grid }
                    let request = try #require(DivarRequest(sending: draft, through: endpoint))
                    let body = try JSONParser.parse(try #require(request.body))
                    #expect(try validator.complaints(about: body, against: schema) == [], "\(endpoint.name)")
                    checked += 1
                }
            }
        }
        #expect(checked > 300)
    }

    @Test(arguments: Contract.allCases)
    func `the requests without a message have the document's bodies`(_ contract: Contract) throws {
        let document = try ContractDocument(contract)
        let validator = SchemaValidator(document: document)
        let upload = try Samples.endpoint("experimental.upload")
        let request = try #require(DivarRequest(creatingUploadTokenThrough: upload))
        let schema = try #require(try document.bodySchema(of: upload))
        let body = try JSONParser.parse(try #require(request.body))
        #expect(try validator.complaints(about: body, against: schema) == [])
        #expect(try document.bodySchema(of: try Samples.endpoint("v1.conversation")) == nil)
    }

    /// The validator itself must find what is wrong, or the tests above say nothing.
    @Test(arguments: [
        #"{}"#, #"{"text_message":1}"#, #"{"text_message":"a","text":"b"}"#, #"{"text_message":"a","buttons":[]}"#,
        #"{"text_message":"a","buttons":{"rows":{}}}"#, #"{"text_message":"a","buttons":{"rows":[{"buttons":[1]}]}}"#,
        #"{"text_message":"a","buttons":{"rows":[{"buttons":[{"icon":"NO_SUCH_ICON"}]}]}}"#,
        #"{"text_message":"a","buttons":{"rows":[{"buttons":[{"action":{"open_post_page":{}}}]}]}}"#,
        #"{"text_message":"a","buttons":{"rows":[{"buttons":[{"action":{"open_direct_link":{}}}]}]}}"#,
        #"{"text_message":"a","text_message":"b"}"#, #""text""#,
    ])
    func `the validator finds what is wrong with a body`(_ text: String) throws {
        let document = try ContractDocument(.august2026)
        let schema = try #require(try document.bodySchema(of: try Samples.endpoint("v1.bot.conversation")))
        let body = try JSONParser.parse(Array(text.utf8))
        #expect(try !SchemaValidator(document: document).complaints(about: body, against: schema).isEmpty)
    }

    @Test func `the icon names are those of the newer document, and the older ones are among them`() throws {
        let december = try ContractDocument(.december2025).iconNames()
        let august = try ContractDocument(.august2026).iconNames()
        #expect(IconList.names == Set(august))
        #expect(Set(december).isSubset(of: IconList.names))
        #expect(august.count == 822 && december.count == 817)
        for name in august { #expect(IconName(name)?.text == name) }
    }
}
