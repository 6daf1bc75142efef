import Custody
import Messaging
import Testing

@Suite struct IdentificationKeyTests {
    private let key = IdentificationKey(Secret("identification"))

    @Test func `the key is admitted`() {
        #expect(key.admits(Secret("identification")))
    }

    @Test(arguments: ["", "identificatio", "identification ", "Identification", "x"])
    func `nothing else is`(presented: String) {
        #expect(!key.admits(Secret(presented)))
    }

    @Test func `it prints nothing of the key`() {
        #expect(!"\(key)".contains("identification"))
    }

    @Test func `tokens are told apart by their digests`() throws {
        let (first, second) = (try #require(AccessToken("a")), try #require(AccessToken("b")))
        #expect(TokenDigest(of: first) == TokenDigest(of: first))
        #expect(TokenDigest(of: first) != TokenDigest(of: second))
    }
}
