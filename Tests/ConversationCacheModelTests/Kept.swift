import ConversationCache

/// One way in which an answer may have come to be kept: as it was brought, or as a later 304 renewed it.
struct Kept {
    let serial: Int
    let key: Int
    let control: Said.Control?
    let age: Int?
    let date: Int?
    let expires: Int?
    let isVarying: Bool
    let isNegative: Bool
    let requested: Int64
    let received: Int64

    init(serial: Int, key: Int, said: Said?, requested: Int64, received: Int64) {
        (self.serial, self.key, isNegative) = (serial, key, said == nil)
        let unix = World.unix(at: received)
        (control, age, date) = (said?.control, said?.age, said?.dateLag.map { unix - $0 })
        (expires, isVarying) = (said?.expires(at: unix), said?.varies ?? false)
        (self.requested, self.received) = (requested, received)
    }

    /// RFC 9111 section 4.3.4: what the 304 says replaces what was said.
    init(_ old: Kept, renewedBy said: Said, requested: Int64, received: Int64) {
        (serial, key, isNegative) = (old.serial, old.key, false)
        let unix = World.unix(at: received)
        (control, age, date) = (said.control ?? old.control, said.age, said.dateLag.map { unix - $0 })
        (expires, isVarying) = (said.expires(at: unix) ?? old.expires, said.varies)
        (self.requested, self.received) = (requested, received)
    }

    /// RFC 9111 section 4.2.3, but that the age of what has no lifetime of Divar's goes without Divar's clock.
    func age(at now: Int64) -> Int64 {
        let resident = now - received
        if isNegative { return resident }
        let corrected = Int64(age ?? 0) * World.second + (received - requested)
        if control?.maxAge == nil && expires == nil { return corrected + resident }
        let unix = World.unix(at: received)
        return max(Int64(max(0, unix - (date ?? unix))) * World.second, corrected) + resident
    }

    func remaining(at now: Int64, _ settings: CacheSettings) -> Int64 {
        lifetime(settings) - age(at: now)
    }

    private func lifetime(_ settings: CacheSettings) -> Int64 {
        if isNegative { return settings.negativeTTL }
        if let maxAge = control?.maxAge { return Int64(maxAge) * World.second }
        guard let expires else { return settings.ttl }
        return expires == .min ? 0 : Int64(max(0, expires - (date ?? World.unix(at: received)))) * World.second
    }

    /// Whether it may be given as it is.
    func isFresh(at now: Int64, for wish: Wish, _ settings: CacheSettings) -> Bool {
        let remaining = remaining(at: now, settings)
        return isStorable && control?.isNoCache != true && remaining > 0
            && wish.takes(age: age(at: now), remaining: remaining)
    }

    /// Whether it may be given although it isn't fresh any more, or in place of an answer that failed.
    func isUsable(at now: Int64, onError: Bool, _ settings: CacheSettings) -> Bool {
        guard isStorable, !isNegative, control?.isNoCache != true else { return false }
        let said = onError ? control?.staleIfError : control?.staleWhileRevalidate
        let configured = onError ? settings.staleIfError : settings.staleWhileRevalidate
        var window = said.map { Int64($0) * World.second } ?? (settings.ttl > 0 ? configured : 0)
        if control?.isMustRevalidate == true { window = 0 }
        return remaining(at: now, settings) + window > 0
    }

    private var isStorable: Bool { control?.isNoStore != true && !isVarying }
}
