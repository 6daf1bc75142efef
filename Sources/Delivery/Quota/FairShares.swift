/// Divides one window's limit among callers: weighted max-min fairness over what they demand.
///
/// Every hungry caller is entitled to the same level times its weight, whoever demands less to what it demands, and
/// nobody to less than its reserve. The level is the highest at which all that fits the limit. Up to its entitlement a
/// caller has to leave only the free reserves of others; beyond that also what they are still entitled to. So nothing
/// lies idle that nobody wants, and callers that borrowed can't make two others wait for each other.
struct FairShares {
    struct Claim {
        let weight: Int
        let reserve: Int
        let demand: Int
        var used: Int
    }

    /// Rounds in which the level is searched for; it is found in a few, and any lower level is safe too.
    private static let rounds = 24

    let limit: Int
    private(set) var claims: [Claim]
    private let entitlements: [Int]
    private(set) var used: Int
    /// What is free and kept for reserves.
    private var reserved = 0
    /// What is free and kept for entitlements, with the reserves.
    private var protected = 0

    init(limit: Int, claims: [Claim]) {
        (self.limit, self.claims) = (limit, claims)
        let level = FairShares.level(limit: limit, claims: claims)
        entitlements = claims.map { claim in
            // The addition only makes up for rounding: 299.9999999 is 300.
            let share = Int(Double(claim.weight) * level + 1e-9)
            return max(claim.reserve, min(share, claim.demand))
        }
        used = claims.reduce(0) { $0 + $1.used }
        for index in claims.indices {
            reserved += freeReserve(index)
            protected += freeEntitlement(index)
        }
    }

    func admits(_ index: Int) -> Bool { shortfall(index) <= 0 }

    /// How many of the places in use have to come free before there is one for this caller.
    func shortfall(_ index: Int) -> Int { used + 1 + kept(from: index) - limit }

    /// From which of its places on another caller's lapse leaves room for this one: what it may have anyway is kept.
    func base(of other: Int, for index: Int) -> Int {
        let claim = claims[index]
        if claim.used < claim.reserve { return 0 }
        return claim.used < entitlements[index] ? claims[other].reserve : entitlements[other]
    }

    mutating func take(_ index: Int, _ count: Int = 1) {
        guard count > 0 else { return }
        (reserved, protected) = (reserved - freeReserve(index), protected - freeEntitlement(index))
        claims[index].used += count
        used += count
        (reserved, protected) = (reserved + freeReserve(index), protected + freeEntitlement(index))
    }

    /// What this caller may still take, should it take all it can.
    func remaining(_ index: Int) -> Int {
        let claim = claims[index]
        let free = limit - used
        let withinReserve = min(claim.reserve - claim.used, free)
        let withinShare = min(entitlements[index] - claim.used, free - (reserved - freeReserve(index)))
        let beyond = free - (protected - freeEntitlement(index))
        return max(0, withinReserve, withinShare, beyond)
    }

    // MARK: Whose turn it is

    /// Whoever has not even its reserve goes first, then whoever has least for its weight.
    func isNeedier(_ index: Int, than other: Int) -> Bool? {
        let (one, two) = (claims[index], claims[other])
        if (one.used < one.reserve) != (two.used < two.reserve) { return one.used < one.reserve }
        let (left, right) = (one.used * two.weight, two.used * one.weight)
        return left == right ? nil : left < right
    }

    /// How many of another caller's waiting calls have their turn before a further one of this caller.
    func turns(of other: Int, waiting: Int, before index: Int) -> Int {
        let (claim, rival) = (claims[index], claims[other])
        let ofReserve = rival.reserve - rival.used
        // Its next call has its turn as long as it has no more for its weight than this caller.
        let ofWeight = claim.used * rival.weight / claim.weight - rival.used + 1
        let turns = claim.used < claim.reserve ? min(ofReserve, ofWeight) : max(ofReserve, ofWeight)
        return min(waiting, max(0, turns))
    }

    // MARK: What is kept

    private func kept(from index: Int) -> Int {
        let claim = claims[index]
        if claim.used < claim.reserve { return 0 }
        return claim.used < entitlements[index]
            ? reserved - freeReserve(index) : protected - freeEntitlement(index)
    }

    private func freeReserve(_ index: Int) -> Int { max(0, claims[index].reserve - claims[index].used) }

    private func freeEntitlement(_ index: Int) -> Int { max(0, entitlements[index] - claims[index].used) }

    /// Newton's method kept between two bounds: what is given out grows with the level in straight pieces.
    private static func level(limit: Int, claims: [Claim]) -> Double {
        let hungry = claims.reduce(0) { $1.demand > 0 ? $0 + $1.weight : $0 }
        let wanted = claims.reduce(0) { $0 + max($1.reserve, min($1.demand, limit)) }
        guard hungry > 0, wanted > limit else { return Double(limit) }
        var (low, high) = (0.0, Double(limit))
        var level = Double(limit) / Double(hungry)
        for _ in 0..<rounds {
            var (given, slope) = (0.0, 0.0)
            for claim in claims {
                let share = Double(claim.weight) * level
                let part = max(Double(claim.reserve), min(share, Double(claim.demand)))
                given += part
                if part == share { slope += Double(claim.weight) }
            }
            let left = Double(limit) - given
            if left < 0 { high = level } else { low = level }
            if left >= 0 && left < 1e-6 { break }
            let next = slope > 0 ? level + left / slope : low
            level = next > low && next < high ? next : (low + high) / 2
        }
        return low
    }
}
