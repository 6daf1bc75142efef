import JournalConformance
import Messaging
import Testing

@testable import Journal

@Suite struct UserTokenSealerTests {
    let user = AppUser(app: AppName("shop")!, name: UserName("ali")!)
    let payload = Array("tokens".utf8)

    @Test func `what is sealed is opened again, and looks different each time`() throws {
        let sealer = try #require(UserTokenSealer(masterKeys: [try Samples.masterKey(1)]))
        let (one, other) = (try sealer.seal(payload, of: user), try sealer.seal(payload, of: user))
        #expect(sealer.open(one) == payload && sealer.open(other) == payload)
        #expect(one.sealed != other.sealed && one.key != other.key)
        #expect(one.key.count == 60, "the length that a slot has")
    }

    @Test func `rows of other users and apps don't open, nor parts of two rows`() throws {
        let sealer = try #require(UserTokenSealer(masterKeys: [try Samples.masterKey(1)]))
        let stored = try sealer.seal(payload, of: user)
        for other in [("shop", "bahar"), ("other", "ali"), ("shopa", "li")] {
            var moved = stored
            moved.user = AppUser(app: AppName(other.0)!, name: UserName(other.1)!)
            #expect(sealer.open(moved) == nil, "\(other)")
        }
        let later = try sealer.seal(payload, of: user)
        var mixed = stored
        mixed.sealed = later.sealed
        #expect(sealer.open(mixed) == nil)
        for index in stored.sealed.indices {
            var changed = stored
            changed.sealed[index] ^= 1
            #expect(sealer.open(changed) == nil)
        }
        var wiped = stored
        wiped.key = [UInt8](repeating: 0, count: 60)
        #expect(sealer.open(wiped) == nil)
    }

    @Test func `an old master key opens, and the newest seals`() throws {
        let old = try #require(UserTokenSealer(masterKeys: [try Samples.masterKey(1)]))
        let both = try #require(UserTokenSealer(masterKeys: [try Samples.masterKey(2), try Samples.masterKey(1)]))
        let stored = try old.seal(payload, of: user)
        #expect(both.open(stored) == payload)
        #expect(try both.seal(payload, of: user).master == both.currentMaster)
        #expect(old.open(try both.seal(payload, of: user)) == nil)
        #expect(UserTokenSealer(masterKeys: []) == nil)
    }
}
