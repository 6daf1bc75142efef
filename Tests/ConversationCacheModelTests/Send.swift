/// A message on its way to Divar, or just arrived there.
struct Send {
    let conversation: Int
    /// To a user: the cache hears of it at the end only.
    let isToUser: Bool
    var hasChanged = false
}
