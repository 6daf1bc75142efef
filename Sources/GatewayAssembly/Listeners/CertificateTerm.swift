/// How much longer a certificate lasts, and when somebody should be told.
enum CertificateTerm: Equatable {
    case lasting
    case ending(days: Int)
    case ended

    /// Two weeks leave time to find out why nobody renewed it.
    static let warningDays = 14
    /// While it ends, it is said again after so long.
    static let secondsBetweenWarnings = secondsPerDay

    private static let secondsPerDay = 86_400

    /// - Parameters: seconds since 1970.
    init(expires: Int, now: Int) {
        let left = expires - now
        if left <= 0 {
            self = .ended
        } else if left <= CertificateTerm.warningDays * CertificateTerm.secondsPerDay {
            self = .ending(days: left / CertificateTerm.secondsPerDay)
        } else {
            self = .lasting
        }
    }

    /// Whether to say so now.
    ///
    /// - Parameter warned: when it was said last.
    func isDue(now: Int, warned: Int?) -> Bool {
        self != .lasting && warned.map { now - $0 >= CertificateTerm.secondsBetweenWarnings } ?? true
    }
}
