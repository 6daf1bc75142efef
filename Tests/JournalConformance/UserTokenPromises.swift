internal import Journal
internal import Messaging

/// Users' tokens, which a journal keeps sealed.
enum UserTokenPromises {
    static let all = [
        StorePromise("users' tokens are kept, replaced and removed, and survive reopening", keeping),
        StorePromise("two apps keep tokens under one name", twoApps),
        StorePromise("users' tokens are given by pages, in the order of apps and names", pages),
        StorePromise("users' tokens change with their records, or not at all", allOrNothing),
    ]

    static func user(_ name: String, of app: String = "a") throws -> AppUser {
        AppUser(
            app: try Expectation.some(AppName(app), "an app"), name: try Expectation.some(UserName(name), "a name"))
    }

    private static func tokens(_ user: AppUser, _ byte: UInt8, count: Int = 40) -> StoredUserTokens {
        StoredUserTokens(
            user: user, master: "0123456789abcdef", key: [UInt8](repeating: byte, count: 60),
            sealed: [UInt8](repeating: byte, count: count))
    }

    private static func all(_ gateway: SampleGateway) throws -> [StoredUserTokens] {
        try gateway.store.userTokens(after: nil, limit: 100)
    }

    private static func keeping(_ gateway: SampleGateway) throws {
        let (ali, bahar) = (try user("ali"), try user("bahar"))
        try gateway.commit { $0.batch.userTokens = [.keep(tokens(ali, 1)), .keep(tokens(bahar, 2, count: 9000))] }
        try gateway.engine.reopen()
        try Expectation.equal(all(gateway), [tokens(ali, 1), tokens(bahar, 2, count: 9000)], "what was kept")
        try gateway.commit { $0.batch.userTokens = [.keep(tokens(ali, 3, count: 77))] }
        try gateway.engine.reopen()
        try Expectation.equal(all(gateway), [tokens(ali, 3, count: 77), tokens(bahar, 2, count: 9000)], "the new ones")
        try gateway.commit { $0.batch.userTokens = [.remove(bahar), .remove(try user("nobody"))] }
        try gateway.engine.reopen()
        try Expectation.equal(all(gateway), [tokens(ali, 3, count: 77)], "what is left")
        let carla = try user("carla")
        try gateway.commit { $0.batch.userTokens = [.keep(tokens(carla, 4)), .keep(tokens(bahar, 5)), .remove(ali)] }
        try gateway.engine.reopen()
        try Expectation.equal(all(gateway), [tokens(bahar, 5), tokens(carla, 4)], "what came later")
    }

    private static func twoApps(_ gateway: SampleGateway) throws {
        let (one, other) = (try user("ali", of: "one"), try user("ali", of: "other"))
        try gateway.commit { $0.batch.userTokens = [.keep(tokens(one, 1)), .keep(tokens(other, 2))] }
        try gateway.commit { $0.batch.userTokens = [.remove(one)] }
        try Expectation.equal(all(gateway), [tokens(other, 2)], "the other app's")
    }

    private static func pages(_ gateway: SampleGateway) throws {
        let users = try ["a": ["b", "c"], "B": ["z"], "b": ["", "0"].map { $0 + "a" }]
            .flatMap { app, names in try names.map { try user($0, of: app) } }
        try gateway.commit { $0.batch.userTokens = users.shuffled().map { .keep(tokens($0, 1)) } }
        let sorted = users.sorted { ($0.app.text, $0.name.text) < ($1.app.text, $1.name.text) }
        var (found, last): ([AppUser], AppUser?) = ([], nil)
        while let page = Optional(try gateway.store.userTokens(after: last, limit: 2).map(\.user)), !page.isEmpty {
            found += page
            last = page.last
        }
        try Expectation.equal(found, sorted, "all pages")
    }

    private static func allOrNothing(_ gateway: SampleGateway) throws {
        let ali = try user("ali")
        let missing = gateway.clock.makeID()
        do {
            try gateway.commit { builder in
                builder.batch.userTokens = [.keep(tokens(ali, 1))]
                builder.batch.queue = [.take(missing)]
            }
            throw ConformanceFailure("what isn't there was taken")
        } catch is JournalStoreError {}
        try Expectation.equal(all(gateway), [], "what was undone")
    }
}
