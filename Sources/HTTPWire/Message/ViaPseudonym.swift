/// The name under which a gateway shows itself in `Via` (RFC 9110 section 7.6.3), by which it knows its own requests
/// when they come back: a pseudonym, for no host's name is anybody's business.
package struct ViaPseudonym: Sendable, Hashable {
    private let name: String

    /// - Parameter number: tells instances apart; a request may well pass through two of them.
    package init(number: UInt64) {
        let digits = String(number, radix: 16)
        name = "divar-gateway-" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// What is sent.
    package var field: String { "1.1 \(name)" }

    /// Whether a field of a request that came bears it. Wherever it stands: nobody else writes it.
    package func isIn(_ field: String) -> Bool {
        field.split { " \t,()".contains($0) }.contains { FieldName.isSame(String($0), name) }
    }
}
