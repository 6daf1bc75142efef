import Journal
import Messaging
import Testing

@Suite struct LogVerifierTests {
    @Test func `a log as it was written has no fault`() throws {
        for count in 1...20 { #expect(try SampleLog(count: count).fault() == nil) }
    }

    @Test func `every flipped bit of a record is found where it is`() throws {
        let log = try SampleLog(count: 10)
        for index in log.records.indices {
            for byte in log.records[index].body.indices {
                for bit in 0..<8 where (byte + bit).isMultiple(of: 5) {
                    var mutated = log
                    mutated.records[index].body[byte] ^= 1 << UInt8(bit)
                    let fault = try #require(mutated.fault(), "byte \(byte), bit \(bit) of record \(index + 1)")
                    #expect(Self.place(of: fault) == index + 1, "\(fault)")
                }
            }
        }
    }

    @Test func `every flipped byte of a link is found where it is`() throws {
        let log = try SampleLog(count: 10)
        for index in log.records.indices {
            for byte in 0..<32 {
                var mutated = log
                var bytes = mutated.records[index].link.bytes
                bytes[byte] ^= 0x80
                mutated.records[index].link = try #require(Digest32(checking: bytes))
                #expect(mutated.fault() == .changed(index + 1))
            }
        }
    }

    @Test func `dropped records are named`() throws {
        let log = try SampleLog(count: 10)
        for index in log.records.indices.dropLast() {
            var mutated = log
            mutated.records.remove(at: index)
            #expect(mutated.fault() == .missing(index + 1...index + 1))
        }
        var mutated = log
        mutated.records.removeSubrange(3..<6)
        #expect(mutated.fault() == .missing(4...6))
    }

    @Test func `two records that changed places are found at the first`() throws {
        let log = try SampleLog(count: 10)
        for first in 0..<9 {
            for second in (first + 1)..<10 {
                var mutated = log
                (mutated.records[first].body, mutated.records[second].body) =
                    (log.records[second].body, log.records[first].body)
                #expect(mutated.fault() == .reordered(first + 1, holds: second + 1))
                (mutated.records[first].link, mutated.records[second].link) =
                    (log.records[second].link, log.records[first].link)
                #expect(mutated.fault() == .reordered(first + 1, holds: second + 1))
            }
        }
    }

    @Test func `a log that ends before a checkpoint does is cut off`() throws {
        let log = try SampleLog(count: 10)
        for kept in 0..<8 {
            var mutated = log
            mutated.records.removeLast(10 - kept)
            #expect(mutated.fault() == .truncated(after: kept, checkpoint: 8))
        }
    }

    @Test func `a record of another log is found`() throws {
        let other = try SampleLog(count: 10, log: LogID("ffeeddccbbaa99887766554433221100")!)
        for index in 0..<10 {
            var mutated = try SampleLog(count: 10)
            mutated.records[index] = other.records[index]
            #expect(mutated.fault() == .added(index + 1))
        }
    }

    @Test func `a record that stands twice is found`() throws {
        var mutated = try SampleLog(count: 10)
        mutated.records.insert(mutated.records[4], at: 5)
        #expect(mutated.fault() == .added(5))
    }

    @Test func `a chain that was made anew is found between the checkpoints that it lies between`() throws {
        let log = try SampleLog(count: 12)
        for changed in 1...12 {
            var mutated = log
            mutated.records = []
            var head = LogHead(log: SampleLog.id)
            for number in 1...12 {
                let source = number == changed ? number + 100 : number
                var body = String(decoding: SampleLog.body(log: SampleLog.id, number: source), as: UTF8.self)
                body = body.replacing("\"seq\":\(source)", with: "\"seq\":\(number)")
                mutated.records.append(head.append(Array(body.utf8)))
            }
            let last = (changed + 3) / 4 * 4
            #expect(mutated.fault() == .rewritten((last - 3)...last))
        }
    }

    @Test func `a checkpoint that somebody else signed is refused`() throws {
        let log = try SampleLog(count: 8)
        let stranger = try SampleLog(count: 8, seed: 2)
        for size in [4, 8] {
            var mutated = log
            mutated.checkpoints[size] = stranger.checkpoints[size]
            #expect(mutated.fault() == .wrongSignature(size))
        }
    }

    @Test func `every changed character of a checkpoint is found`() throws {
        let log = try SampleLog(count: 4)
        let note = try #require(log.checkpoints[4])
        for offset in note.utf8.indices.map({ note.utf8.distance(from: note.startIndex, to: $0) }) {
            var bytes = Array(note.utf8)
            bytes[offset] = bytes[offset] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            var mutated = log
            mutated.checkpoints[4] = String(decoding: bytes, as: UTF8.self)
            #expect(mutated.fault() != nil, "offset \(offset)")
        }
    }

    /// The first record that a fault names.
    private static func place(of fault: LogFault) -> Int {
        switch fault {
        case .changed(let number), .changedHead(let number), .added(let number), .reordered(let number, _): number
        case .missing(let numbers), .rewritten(let numbers): numbers.lowerBound
        case .truncated(let last, _): last + 1
        case .wrongSignature(let size), .malformedCheckpoint(let size): size
        }
    }
}
