import ConversationCache
import Testing

/// RFC 9111 section 5.2.2 and 4.2.4: what Divar's directives allow to be done with an answer.
@Suite struct ResponseDirectiveTests {
    /// Divar's fields, and whether the answer is given fresh at once, stale while it is refreshed, and stale for an
    /// error; by an operator who allows all of it.
    static let cases: [(ResponseFields, fresh: Bool, refreshing: Bool, onError: Bool)] = [
        (.said("max-age=10"), true, true, true), (.said("private, max-age=10"), true, true, true),
        (.said("max-age=10, s-maxage=0"), true, true, true),
        (.said("max-age=10, proxy-revalidate"), true, true, true),
        (.said("max-age=10, must-revalidate"), true, false, false),
        (.said("max-age=10, MUST-REVALIDATE", tag: "\"1\""), true, false, false),
        (.said("max-age=10, no-cache", tag: "\"1\""), false, false, false),
        (.said("max-age=10, no-cache=\"x-user\"", tag: "\"1\""), false, false, false),
        (.said("no-cache", changed: "then"), false, false, false),
        (.said("max-age=10, stale-while-revalidate=0, stale-if-error=0"), true, false, false),
        (.said("max-age=10, stale-while-revalidate=0"), true, false, true),
        (.said("max-age=10, stale-if-error=0"), true, true, false),
        (.said("max-age=10, must-revalidate, stale-while-revalidate=60, stale-if-error=60"), true, false, false),
        (.said("max-age=10, no-store, stale-if-error=60"), false, false, false),
    ]

    private func allowing() -> CacheRig {
        CacheRig {
            $0.staleWhileRevalidate = 60_000_000
            $0.staleIfError = 60_000_000
        }
    }

    @Test(arguments: cases) func `an answer is used as its directives allow`(
        fields: ResponseFields,
        isFresh: Bool,
        isRefreshing: Bool,
        isForError: Bool
    ) throws {
        var rig = allowing()
        try rig.bring(.text("x", fields))
        #expect(rig.hits() == isFresh)

        rig.pass(15)
        var look = rig
        let asked = look.ask()
        #expect(asked == (isRefreshing ? .stale("x", ttl: -5, age: 15, refreshes: true) : .fetch))

        // Whoever fetches joins nothing, so that its own failure shows.
        let fetch = isRefreshing ? try #require(look.fetch).id : nil
        if let fetch {
            #expect(look.ask(.named()) == .stale("x", ttl: -5, age: 15, refreshes: false))
            #expect(look.end(fetch, .unreachable).notices.isEmpty)
        } else {
            let own = try #require(look.fetch).id
            let told = look.end(own, .unreachable).told
            #expect(told == [isForError ? .answer("x") : .unreachable])
        }
    }

    /// An operator with `ttl` zero trusts nothing but Divar's word.
    @Test(
        arguments: [
            (.said("max-age=10"), true, false, false),
            (.said("max-age=10, stale-while-revalidate=20"), true, true, false),
            (.said("max-age=10, stale-if-error=20"), true, false, true),
            (.said("stale-while-revalidate=20, stale-if-error=20"), false, true, true),
            (.none, false, false, false), (.said("private", tag: "\"1\""), false, false, false),
            (.said(expires: .at(CacheRig.unixStart + 10)), true, false, false),
        ] as [(ResponseFields, Bool, Bool, Bool)])
    func `with ttl zero nothing but Divar's fields allows anything`(
        fields: ResponseFields,
        isFresh: Bool,
        isRefreshing: Bool,
        isForError: Bool
    ) throws {
        var rig = CacheRig {
            $0.ttl = 0
            $0.staleWhileRevalidate = 60_000_000
            $0.staleIfError = 60_000_000
        }
        try rig.bring(.text("x", fields))
        #expect(rig.hits() == isFresh)
        rig.pass(15)
        let asked = rig.ask()
        if isRefreshing {
            guard case .answered("x", _, _, true) = asked else { Issue.record("\(asked)"); return }
        } else {
            #expect(asked == .fetch)
            let fetch = try #require(rig.fetch).id
            #expect(rig.end(fetch, .unreachable).told == [isForError ? .answer("x") : .unreachable])
        }
    }

    @Test func `an answer with no-cache is asked about each time, and given when Divar says it holds`() throws {
        var rig = CacheRig()
        try rig.bring(.text("x", .said("no-cache, max-age=60", tag: "\"1\"")))
        for _ in 0..<3 {
            #expect(rig.ask() == .fetch)
            let fetch = try #require(rig.fetch)
            #expect(fetch.validators == Validators(entityTag: "\"1\""))
            #expect(rig.end(fetch.id, .notModified(fields: .said(tag: "\"1\""))).told == [.answer("x")])
        }
    }
}
