import Crypto
import Journal
import Messaging
import Testing

@Suite struct SignedNoteTests {
    @Test func `a checkpoint is written and read as the documentation has it`() throws {
        let log = try SampleLog(count: 4)
        let text = try #require(log.checkpoints[4])
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "divar-gateway/00112233445566778899aabbccddeeff")
        #expect(lines[1] == "4")
        #expect(lines[3].hasPrefix("link "))
        #expect(lines[4].isEmpty)
        #expect(lines[5].hasPrefix("— divar-gateway/00112233445566778899aabbccddeeff "))
        let note = try #require(SignedNote(text))
        #expect(note.description == text)
        #expect(note.isSigned(by: log.signer.verifierKey))
        #expect(Checkpoint(text: note.text)?.size == 4)
        #expect(Checkpoint(text: note.text)?.text == note.text)
    }

    @Test func `a verifier key is read back, and one with another id is refused`() throws {
        let key = try SampleLog(count: 1).signer.verifierKey
        #expect(VerifierKey(key.description) == key)
        let parts = key.description.split(separator: "+", maxSplits: 2)
        #expect(VerifierKey("\(parts[0])x+\(parts[1])+\(parts[2])") == nil)
        #expect(VerifierKey("\(parts[0])+00000000+\(parts[2])") == nil)
        #expect(VerifierKey("") == nil)
    }

    @Test(arguments: [
        "", "\n", "text\n", "text\n\n", "text\n\n— name\n", "text\n\n- name AAAAAAAA\n", "text\n\n— name AAAA\n",
    ])
    func `what has another form is no note`(text: String) {
        #expect(SignedNote(text) == nil)
    }

    @Test func `a commitment holds for its content and key, and for no other`() throws {
        let key = [UInt8](repeating: 7, count: Commitment.keyLength)
        let content = Array(#"{"text":"سلام"}"#.utf8)
        let commitment = Commitment(to: content, key: key)
        #expect(commitment.holds(for: content, key: key))
        #expect(!commitment.holds(for: content + [0], key: key))
        #expect(!commitment.holds(for: content, key: [UInt8](repeating: 8, count: 32)))
        #expect(!commitment.holds(for: content, key: []))
        #expect(Commitment(hexadecimal: commitment.description) == commitment)
        // As Python's hmac module computes it.
        let expected = "9bbf7321b0953a16c7f2bb51909a561efc8c2e9ad7c858a9c1cacfda268ab2f9"
        #expect(commitment.description == expected)
    }
}
