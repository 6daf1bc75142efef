/// Why nothing can be said of the trail.
package enum TrailError: Error, Sendable, Hashable {
    /// So many look already.
    case busy
    /// The journal can't be read, in words.
    case unreadable(String)
    /// That somebody looks at a text could not be recorded, so it isn't shown.
    case unrecorded
}
