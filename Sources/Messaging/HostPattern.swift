/// A host, or with `*.` before it every host below it, but not itself.
package struct HostPattern: Sendable, Hashable, CustomStringConvertible {
    private let name: HostName
    private let coversThoseBelow: Bool

    package init?(_ text: String) {
        coversThoseBelow = text.hasPrefix("*.")
        guard let name = HostName(coversThoseBelow ? String(text.dropFirst(2)) : text) else { return nil }
        self.name = name
    }

    package func matches(_ host: HostName) -> Bool {
        coversThoseBelow ? host.text.hasSuffix("." + name.text) : host == name
    }

    package var description: String { (coversThoseBelow ? "*." : "") + name.text }
}
