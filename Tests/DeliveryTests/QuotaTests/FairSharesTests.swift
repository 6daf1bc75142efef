@testable import Delivery
import SeededCases
import Testing

/// How one window's limit is divided at one instant.
@Suite struct FairSharesTests {
    private static let cases = 400

    private func claim(_ used: Int, of demand: Int, weight: Int = 1, reserve: Int = 0) -> FairShares.Claim {
        FairShares.Claim(weight: weight, reserve: reserve, demand: demand, used: used)
    }

    @Test func `who has least for its weight has its turn, and whoever has not its reserve before that`() {
        let shares = FairShares(
            limit: 100,
            claims: [
                claim(4, of: 99), claim(9, of: 99, weight: 3), claim(20, of: 99, reserve: 21),
                claim(12, of: 99, weight: 3),
            ])
        #expect(shares.isNeedier(1, than: 0) == true && shares.isNeedier(0, than: 1) == false)
        #expect(shares.isNeedier(0, than: 3) == nil)
        #expect(shares.isNeedier(2, than: 0) == true && shares.isNeedier(0, than: 2) == false)
        #expect(shares.isNeedier(0, than: 0) == nil)
    }

    @Test func `what one has a right to is divided by weight among those who want more`() {
        // The third wants only 3, and the others share 27 as one to two.
        let shares = FairShares(limit: 30, claims: [claim(0, of: 99), claim(0, of: 99, weight: 2), claim(0, of: 3)])
        #expect([0, 1, 2].map { shares.remaining($0) } == [9, 18, 3])
        let reserved = FairShares(limit: 30, claims: [claim(0, of: 99), claim(0, of: 99), claim(0, of: 0, reserve: 6)])
        #expect([0, 1, 2].map { reserved.remaining($0) } == [12, 12, 6])
    }

    @Test func `a caller may take as much as remains for it, and nobody takes more than the limit`() {
        var random = SplitMix64()
        for number in 0..<FairSharesTests.cases {
            let limit = random.below(40)
            var reserves = limit
            let claims = (0..<(1 + random.below(5))).map { _ in
                let reserve = random.chance(1, in: 3) ? random.below(reserves + 1) : 0
                reserves -= reserve
                let used = random.below(10)
                return claim(used, of: used + random.below(60), weight: 1 + random.below(5), reserve: reserve)
            }
            var shares = FairShares(limit: limit, claims: claims)
            for index in claims.indices.shuffled(using: &random) {
                var taken = 0
                let remaining = shares.remaining(index)
                while shares.admits(index) {
                    shares.take(index)
                    taken += 1
                }
                #expect(taken == remaining, "\(replay(number)): \(index) of \(claims)")
                #expect(taken == 0 || shares.used <= limit, "\(replay(number))")
            }
        }
    }
}
