/// What one caller may claim of an app's limits when others want them too.
package struct CallerShareSettings: Sendable, Hashable {
    package static let maximumWeight = 1_000_000

    /// Its part of what all hungry callers share, compared with theirs.
    package let weight: Int
    /// What is kept free for it in each minute; the same part of the day's quota is kept too.
    package let reserve: Int

    package init(weight: Int = 1, reserve: Int = 0) {
        self.weight = min(max(weight, 1), CallerShareSettings.maximumWeight)
        self.reserve = min(max(reserve, 0), QuotaSettings.maximumLimit)
    }
}
