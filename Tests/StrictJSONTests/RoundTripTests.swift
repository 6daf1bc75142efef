import SeededCases
import Foundation
import StrictJSON
import Testing

/// What is written is read back, and nothing that comes in can stop the parser.
@Suite struct RoundTripTests {
    @Test func `a random value that is written is read back the same`() throws {
        var source = RandomJSON(random: SplitMix64())
        for number in 0..<3_000 {
            let value = source.value()
            let read = try JSONParser.parse(JSONWriter.bytes(value))
            #expect(sameBytes(read, value), "\(replay(number))")
        }
    }

    @Test func `every spelling of a value is read as that value`() throws {
        var source = RandomJSON(random: SplitMix64())
        for number in 0..<3_000 {
            let value = source.value()
            let spelled = source.spelling(of: value)
            let read = try JSONParser.parse(Array(spelled.utf8))
            #expect(sameBytes(read, value), "\(replay(number)): \(spelled.debugDescription)")
        }
    }

    @Test func `every beginning of a random array or object is refused`() {
        var source = RandomJSON(random: SplitMix64())
        for number in 0..<150 {
            let bytes = JSONWriter.bytes(.array([source.value()]))
            for length in 0..<bytes.count {
                #expect(refusal(of: Array(bytes[..<length])) != nil, "\(replay(number)), \(length) bytes")
            }
        }
    }

    /// In a process of its own, since the question is whether it survives.
    @Test func `random mutations never crash the parser and what it takes is read back after writing`() async {
        await #expect(processExitsWith: .success) {
            var source = RandomJSON(random: SplitMix64())
            for number in 0..<20_000 {
                let bytes = source.mutated(Array(source.spelling(of: source.value()).utf8))
                guard let value = try? JSONParser.parse(bytes) else { continue }
                let again = try JSONParser.parse(JSONWriter.bytes(value))
                #expect(sameBytes(again, value), "\(replay(number)): \(bytes)")
            }
        }
    }

    @Test func `an error of a mutated text lies inside the text`() async {
        await #expect(processExitsWith: .success) {
            var source = RandomJSON(random: SplitMix64())
            for number in 0..<5_000 {
                let bytes = source.mutated(JSONWriter.bytes(source.value()))
                guard let error = refusal(of: bytes) else { continue }
                #expect((0...bytes.count).contains(error.offset), "\(replay(number)): \(bytes)")
            }
        }
    }

    @Test func `random bytes never crash the parser`() async {
        await #expect(processExitsWith: .success) {
            var random = SplitMix64()
            let alphabet = Array(#"[]{}:,"\u0dDcC8 tfnrue1-+.eE"#.utf8) + [0xC3, 0xA9, 0xED, 0xA0, 0x80, 0xFF, 0x00]
            for _ in 0..<30_000 {
                let length = random.below(40)
                _ = refusal(of: (0..<length).map { _ in random.element(of: alphabet) })
                _ = refusal(of: [0x22] + (0..<length).map { _ in random.element(of: alphabet) } + [0x22])
            }
        }
    }
}

extension RandomJSON {
    /// The bytes with up to four of them changed, put in, taken out, doubled or swapped.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        let interesting = Array(#"[]{}:,"\/u0dDcC tfnru1-+.eE"#.utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC0, 0xED, 0xFF]
        for _ in 0..<(1 + random.below(4)) where !bytes.isEmpty {
            let place = random.below(bytes.count)
            switch random.below(6) {
            case 0: bytes[place] = random.element(of: interesting)
            case 1: bytes.insert(random.element(of: interesting), at: place)
            case 2: bytes.remove(at: place)
            case 3: bytes[place] ^= 1 << UInt8(random.below(8))
            case 4: bytes.swapAt(place, random.below(bytes.count))
            default: bytes.removeLast(random.below(bytes.count))
            }
        }
        return bytes
    }
}
