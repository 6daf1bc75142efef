package import AuditReport
package import Messaging
package import Observability

/// The gateway as its operators see it: what the admin listeners ask, and who answers. Any thread; nothing blocks.
package protocol AdminSubject: Sendable {
    func state() async -> GatewayState

    func metrics() -> [MetricFamily]

    func trail(_ filter: EntryFilter, below number: Int?, limit: Int) async throws(TrailError) -> EntryPage

    /// Nil where there is no such message or record.
    func story(of name: RecordName) async throws(TrailError) -> MessageStory?

    /// The proof that a record is in the log, as `audit prove` gives it; nil where there is none.
    func proof(of number: Int) async throws(TrailError) -> String?

    /// A message's text. Before it is given, it stands on disk that it was.
    ///
    /// - Parameters:
    ///   - name: whose look it is.
    ///   - peer: from where.
    func text(of message: MessageID, for name: String, at peer: String) async throws(TrailError) -> KeptText

    /// The level below which nothing is logged, until the configuration changes it or the next start.
    ///
    /// - Returns: false where there is no such level.
    func setLogLevel(_ level: String, by name: String) async -> Bool

    /// Something that happened on the admin listeners.
    func log(_ event: AdminEvent)
}
