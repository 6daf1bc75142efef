internal import ArgumentParser
internal import GatewayAssembly

/// Which calls are meant: the options of `audit list` and `audit export`.
struct QueryOptions: ParsableArguments {
    @Option(name: .long, help: "Only of the calling service with that name.")
    var caller: String?

    @Option(name: .long, help: "Only in that conversation.")
    var conversation: String?

    @Option(name: .long, help: "Only to that user.")
    var user: String?

    @Option(name: .long, help: "Only the message with that id.")
    var message: String?

    @Option(name: .long, help: "Only what ended so: sent, not_sent, unknown.")
    var outcome: String?

    @Option(
        name: .long, help: "Only records of that kind: intent, read, refusal, erasure, pruning, configuration, loss.")
    var kind: String?

    @Option(name: .long, help: "From that time on: RFC 3339, or an age such as 2h or 7d.")
    var since: String?

    @Option(name: .long, help: "Before that time.")
    var until: String?

    var query: AuditQuery {
        var query = AuditQuery()
        (query.caller, query.conversation, query.user) = (caller, conversation, user)
        (query.message, query.outcome, query.kind) = (message, outcome, kind)
        (query.since, query.until) = (since, until)
        return query
    }
}
