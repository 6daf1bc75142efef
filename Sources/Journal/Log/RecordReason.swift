/// Reasons in records that are not names of problems.
package enum RecordReason: String, Sendable, Hashable {
    /// The gateway ended before the outcome was known.
    case crash
    /// The gateway was stopped before the outcome was known.
    case shutdown
    /// The intent could not be made durable in time, so nothing was sent.
    case journalUnavailable = "journal-unavailable"
    /// Somebody erased by command.
    case command
    /// Erased or removed because of its age.
    case retention
    /// A read was answered from memory.
    case cached
    /// A message waited in the queue until it was not wanted any more.
    case expired
    /// Its caller took a message back while it waited in the queue.
    case cancelled
    /// Whoever asked for a read went away before it was answered.
    case abandoned
    /// There was no room.
    case pressure
}
