/// A key in the directory, and whose it is.
struct KnownKey: Sendable {
    let entry: CallerKeyEntry
    let member: KnownCaller
    let lastUse: LastUse
}
