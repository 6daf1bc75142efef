/// Reads from Divar's words which of its two limits is passed.
package enum LimitWording {
    /// Nil where they don't say.
    package static func window(in message: String?) -> QuotaWindow? {
        guard let words = message?.lowercased() else { return nil }
        let (day, minute) = (words.contains("day") || words.contains("daily"), words.contains("minute"))
        // Where both are named nobody knows which is meant.
        guard day != minute else { return nil }
        return day ? .day : .minute
    }
}
