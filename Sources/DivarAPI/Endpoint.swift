package import Messaging

/// One endpoint of Divar's: where it is, what it needs and what it understands.
package struct Endpoint: Sendable, Hashable {
    package let name: EndpointName
    package let operation: Operation
    package let stability: Stability
    package let method: RequestMethod
    package let path: PathTemplate
    /// The contracts that have it.
    package let contracts: Set<Contract>
    /// Whether it wants a user's token in `Authorization: Bearer`.
    package let needsUserToken: Bool
    /// What the API key must be allowed in Divar's panel.
    package let keyPermission: String
    /// The scopes of which a user's token needs one; `{conversation_id}` stands for the conversation's.
    package let tokenScopes: [String]
    package let body: BodyForm
    package let answer: AnswerForm
    /// The answers that prove that it did nothing. An assumption about Divar, one row at a time: all of its endpoints
    /// stand behind the same gRPC-JSON gateway, which answers so before it calls anything.
    package var earlyRefusals = Set(EarlyRefusal.allCases)
}
