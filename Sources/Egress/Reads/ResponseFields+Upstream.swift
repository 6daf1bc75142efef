internal import ConversationCache
internal import HTTPWire

extension ResponseFields {
    /// What an answer's fields say, in the terms of the rules.
    ///
    /// - Parameter now: seconds since 1970.
    init(_ caching: UpstreamCaching, now: Int) {
        self.init()
        cacheControl = caching.cacheControl.map { CacheControl($0) }
        date = caching.date.flatMap { HTTPDate.unixSeconds($0, now: now) }
        // The first of several counts (RFC 9111 section 5.1).
        age = caching.age.flatMap { $0.split(separator: ",").first }
            .flatMap { CacheControl.seconds($0.filter { $0 != " " && $0 != "\t" }) }
        expires = caching.expires.map { HTTPDate.unixSeconds($0, now: now).map { .at($0) } ?? .past }
        validators = Validators(
            entityTag: caching.entityTag.flatMap(ResponseFields.sendable),
            lastModified: caching.lastModified.flatMap(ResponseFields.sendable)
        )
        variesBeyondKey = caching.vary.map(ResponseFields.variesBeyondKey) ?? false
    }

    /// What goes back to Divar has to be able to stand in a field.
    private static func sendable(_ value: String) -> String? {
        (1...256).contains(value.utf8.count) && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? value : nil
    }

    /// Of what is sent to Divar, only the trace differs between two reads of one partition; what isn't sent never does.
    private static func variesBeyondKey(_ vary: String) -> Bool {
        vary.split(separator: ",").contains { member in
            ["*", "traceparent"].contains(member.lowercased().filter { $0 != " " && $0 != "\t" })
        }
    }
}
