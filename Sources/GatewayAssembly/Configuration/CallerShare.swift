internal import Delivery
internal import Messaging

/// What is said of one caller's share in its app's quota.
struct CallerShare {
    var app: AppName
    var caller: CallerName
    var settings: CallerShareSettings

    /// The quotas with the shares in them, and where that is more than there is.
    static func merged(
        _ shares: [CallerShare],
        into quotas: [AppName: QuotaSettings]
    ) -> (quotas: [AppName: QuotaSettings], excesses: [(app: AppName, message: String)]) {
        var quotas = quotas
        for share in shares { quotas[share.app]?.shares[share.caller] = share.settings }
        var excesses: [(AppName, String)] = []
        for (app, quota) in quotas {
            guard let perMinute = quota.perMinute else { continue }
            let reserved = quota.shares.values.reduce(0) { $0 + $1.reserve }
            guard reserved > perMinute else { continue }
            excesses.append(
                (app, "the reserves of its callers are \(reserved) together, and there are \(perMinute) a minute"))
        }
        return (quotas, excesses)
    }
}
