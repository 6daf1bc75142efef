/// Where operators look, and who they are.
package struct AdminSettings: Sendable {
    /// Nowhere by default.
    package var listeners: [Listener] = []
    /// Without any, nobody is asked who looks.
    package var keys: [AdminKeyEntry] = []

    package init() {}
}
