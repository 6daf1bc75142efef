/// What the trail keeps of what messages say.
package enum ContentKeeping: String, Sendable, Hashable, CaseIterable {
    /// A commitment alone.
    case commitment
    /// The content, too, under a key of its own.
    case encrypted
}
