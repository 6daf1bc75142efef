import Delivery
import DivarAPI
import Messaging
import Testing

/// Which endpoints serve an operation, and in which order.
@Suite struct EndpointPlannerTests {
    private func plan(
        _ operation: Messaging.Operation, _ contract: Contract, preferring names: [String] = []
    ) -> [String] {
        let planner = EndpointPlanner(contract: contract, preferring: names.map { EndpointName($0) })
        return planner.endpoints(for: operation).map(\.name.text)
    }

    @Test(arguments: [
        (
            Messaging.Operation.botMessageToConversation,
            ["v1.bot.conversation", "experimental.bot.conversation", "experimental.chatbot-conversation"]
        ),
        (.botMessageToUser, ["v1.bot.user", "experimental.bot.user"]), (.messageAsUser, ["v2.conversation"]),
        (.createUploadToken, ["experimental.upload"]), (.readConversation, ["v1.conversation"]),
    ])
    func `in December 2025 the stable comes first and the oldest experiment last`(
        _ operation: Messaging.Operation, _ names: [String]
    ) {
        #expect(plan(operation, .december2025) == names)
    }

    @Test(arguments: [
        (Messaging.Operation.botMessageToConversation, ["v1.bot.conversation"]), (.botMessageToUser, ["v1.bot.user"]),
        (.messageAsUser, ["v2.conversation"]), (.createUploadToken, ["experimental.upload"]),
        (.readConversation, ["v1.conversation"]),
    ])
    func `in August 2026 every operation has one endpoint`(_ operation: Messaging.Operation, _ names: [String]) {
        #expect(plan(operation, .august2026) == names)
    }

    @Test func `what is preferred comes first, in the order of the preference`() {
        let oldest = "experimental.chatbot-conversation"
        let experimental = "experimental.bot.conversation"
        let stable = "v1.bot.conversation"
        let tables = [
            ([oldest], [oldest, stable, experimental]), ([experimental], [experimental, stable, oldest]),
            ([stable], [stable, experimental, oldest]), ([oldest, experimental], [oldest, experimental, stable]),
            ([experimental, oldest, stable], [experimental, oldest, stable]),
            ([oldest, stable], [oldest, stable, experimental]),
        ]
        for (preferred, expected) in tables {
            #expect(plan(.botMessageToConversation, .december2025, preferring: preferred) == expected)
        }
    }

    @Test func `a preference concerns its own operation only`() {
        let names = ["experimental.bot.user", "experimental.chatbot-conversation"]
        #expect(
            plan(.botMessageToUser, .december2025, preferring: names) == ["experimental.bot.user", "v1.bot.user"]
        )
        #expect(plan(.messageAsUser, .december2025, preferring: names) == ["v2.conversation"])
        #expect(plan(.readConversation, .december2025, preferring: names) == ["v1.conversation"])
    }

    @Test(arguments: ["", "v9.bot.user", "V1.BOT.USER", "v2.conversation", "experimental.bot.user"])
    func `a name that the contract or the operation does not have is passed over`(_ name: String) {
        #expect(
            plan(.botMessageToConversation, .december2025, preferring: [name])
                == plan(.botMessageToConversation, .december2025))
        #expect(plan(.botMessageToUser, .august2026, preferring: [name]) == ["v1.bot.user"])
    }

    @Test func `an endpoint that a contract dropped cannot be preferred`() {
        let dropped = ["experimental.chatbot-conversation", "experimental.bot.conversation"]
        #expect(plan(.botMessageToConversation, .august2026, preferring: dropped) == ["v1.bot.conversation"])
    }

    /// A plan is a list of attempts: an endpoint that stands in it twice would be attempted twice.
    @Test func `a name that is preferred twice stands in the plan once`() {
        let twice = ["experimental.bot.conversation", "experimental.bot.conversation"]
        #expect(
            plan(.botMessageToConversation, .december2025, preferring: twice)
                == ["experimental.bot.conversation", "v1.bot.conversation", "experimental.chatbot-conversation"]
        )
    }

    @Test func `a plan has exactly the contract's endpoints for the operation`() {
        let all = Catalogue.endpoints.map(\.name)
        for contract in Contract.allCases {
            for preferred in [[], all, all.reversed()] {
                let planner = EndpointPlanner(contract: contract, preferring: preferred)
                for operation in Messaging.Operation.allCases {
                    let planned = planner.endpoints(for: operation)
                    let served = Catalogue.endpoints(of: contract).filter { $0.operation == operation }
                    #expect(planned.count == served.count)
                    #expect(Set(planned) == Set(served))
                }
            }
        }
    }
}
