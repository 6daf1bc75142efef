/// Who is told what became of submissions. One client serves one event loop, so that a batch costs one hop for each.
package protocol JournalClient: AnyObject, Sendable {
    /// Called on the journal's thread; must not block.
    func deliver(_ results: [(ticket: UInt64, result: JournalResult)])
}
