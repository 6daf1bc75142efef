/// How old a key is.
package struct KeyAge: Sendable, Hashable {
    /// After this long Divar advises to replace a key.
    package static let adviceDays = 60

    package let days: Int

    /// Nil where nobody knows when it was made.
    ///
    /// - Parameters:
    ///   - created: in seconds since 1970, as is `now`.
    package init?(created: Int?, now: Int) {
        guard let created else { return nil }
        days = max(0, now - created) / 86_400
    }

    /// Whether it is time to replace it.
    package var isOld: Bool { days >= KeyAge.adviceDays }
}
