import GatewayAssembly
import Testing

/// What of a new configuration a running gateway takes.
@Suite struct ReloadRuleTests {
    private func changed(_ old: String, _ new: String) -> [String] {
        ConfigurationValues(yaml: new).keysChanged(since: ConfigurationValues(yaml: old))
    }

    @Test func `keys that came, went or have another value are named by their paths`() {
        let old = "cache: {ttl: 1h, max_bytes: 1MB}\ncallers: {shop: {app: default, may: [send]}}\n"
        let new = "cache: {ttl: 2h}\ncallers: {shop: {app: default, may: [send, read]}, books: {app: default}}\n"
        #expect(changed(old, new) == ["cache.max_bytes", "cache.ttl", "callers.books.app", "callers.shop.may"])
    }

    @Test(arguments: [
        ("a: 1", "a: 1 # why"), ("a: 'x'", "a: \"x\""), ("a: [1, 2]", "a:\n- 1\n- 2"), ("{a: 1, b: 2}", "{b: 2, a: 1}"),
        ("", ""),
    ])
    func `comments, styles and the order of keys change nothing`(old: String, new: String) {
        #expect(changed(old, new).isEmpty)
    }

    @Test(arguments: [
        ("a: [1, 2]", "a: [12]"), ("a: [x, y]", "a: ['x,y']"), ("a: {}", ""), ("a: x", "a: [x]"), ("a: 1", "a: 11"),
        ("a: [b, {c: d}]", "a: [b, {c: e}]"),
    ])
    func `what differs is seen`(old: String, new: String) {
        #expect(changed(old, new) == ["a"])
    }

    @Test func `a value is no part of what is named`() {
        #expect(changed("a: {b: old-value}", "a: {b: new-value}") == ["a.b"])
    }

    @Test func `what is read at a start alone takes a restart`() {
        let keys = [
            "apps.default.keys", "apps.default.quota.per_minute", "apps.quota", "cache.ttl", "callers", "callers.a.app",
            "callers_file", "callersx", "listen", "log.level", "log.requests", "overload.hedge_reads_after", "upstream",
        ]
        #expect(
            ReloadRule.needingRestart(keys) == [
                "apps.default.keys", "apps.quota", "callersx", "listen", "log.requests", "upstream",
            ])
    }
}
