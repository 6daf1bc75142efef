import Glibc
import Observability
import Testing

@Suite struct DescriptorSinkTests {
    private func makePipe() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        _ = unsafe pipe(&ends)
        return (ends[0], ends[1])
    }

    private func read(_ descriptor: Int32, upTo count: Int) -> String {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = unsafe Glibc.read(descriptor, &bytes, count)
        return String(decoding: bytes.prefix(max(0, got)), as: UTF8.self)
    }

    @Test func `a line is written with its line feed`() {
        let (reading, writing) = makePipe()
        defer { for end in [reading, writing] { close(end) } }
        DescriptorSink(descriptor: writing).write(line: Array("line".utf8))
        #expect(read(reading, upTo: 100) == "line\n")
    }

    @Test(.timeLimit(.minutes(1))) func `a reader that doesn't read loses lines and stops nobody`() {
        let (reading, writing) = makePipe()
        defer { for end in [reading, writing] { close(end) } }
        let sink = DescriptorSink(descriptor: writing)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1000)
        for _ in 0..<1000 { sink.write(line: line) }
        var text = read(reading, upTo: 1 << 20)
        let written = text.split(separator: "\n").count
        #expect(written < 1000)
        sink.write(line: Array("next".utf8))
        text = read(reading, upTo: 1 << 20)
        #expect(
            text == "{\"level\":\"warning\",\"message\":\"log lines were lost\",\"count\":\(1000 - written)}\nnext\n")
    }

    @Test func `a line that could wait is lost`() {
        let (reading, writing) = makePipe()
        defer { for end in [reading, writing] { close(end) } }
        let sink = DescriptorSink(descriptor: writing)
        sink.write(line: [UInt8](repeating: UInt8(ascii: "x"), count: DescriptorSink.maximumBytes + 1))
        sink.write(line: Array("next".utf8))
        #expect(read(reading, upTo: 100).contains("\"count\":1}"))
    }

    @Test func `of lines that are lost together each one counts`() {
        let (reading, writing) = makePipe()
        defer { for end in [reading, writing] { close(end) } }
        let sink = DescriptorSink(descriptor: writing)
        sink.write(lines: [UInt8](repeating: UInt8(ascii: "x"), count: DescriptorSink.maximumBytes + 1), count: 7)
        sink.write(lines: Array("next\nand next".utf8), count: 2)
        let text = read(reading, upTo: 100)
        #expect(text.contains("\"count\":7}") && text.hasSuffix("next\nand next\n"))
    }
}
