package import DivarAPI
package import Messaging

/// Decides which endpoints serve an operation, best first.
///
/// The newest stable version comes first, then experimental, then the oldest experimental path; what the operator
/// prefers comes before all of them, in the order of the preference.
package struct EndpointPlanner: Sendable {
    private let plans: [Operation: [Endpoint]]

    package init(contract: Contract, preferring preferred: [EndpointName] = []) {
        var plans: [Operation: [Endpoint]] = [:]
        for operation in Operation.allCases {
            let candidates = Catalogue.endpoints(of: contract).filter { $0.operation == operation }
            var chosen: [Endpoint] = []
            for name in preferred {
                guard let endpoint = candidates.first(where: { $0.name == name }), !chosen.contains(endpoint) else {
                    continue
                }
                chosen.append(endpoint)
            }
            let others = candidates.filter { !chosen.contains($0) }.sorted { $0.stability < $1.stability }
            plans[operation] = chosen + others
        }
        self.plans = plans
    }

    /// The endpoints for an operation, best first; empty where the contract has none.
    package func endpoints(for operation: Operation) -> [Endpoint] {
        plans[operation] ?? []
    }
}
