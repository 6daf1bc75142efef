import Logging
import Observability
import StrictJSON
import Synchronization
import Testing

@Suite struct JSONLogHandlerTests {
    private final class MemorySink: LogSink {
        let lines = Mutex<[[UInt8]]>([])

        func write(lines written: [UInt8], count: Int) {
            lines.withLock { $0.append(written) }
        }
    }

    private func logged(
        from threshold: LogThreshold = LogThreshold(.info),
        _ log: (Logger) -> Void
    ) throws -> [JSONValue] {
        let sink = MemorySink()
        let logger = Logger(label: "test") { label in
            JSONLogHandler(label: label, threshold: threshold, sink: sink) { "2026-01-02T03:04:05Z" }
        }
        log(logger)
        return try sink.lines.withLock { $0 }.map { try JSONParser.parse($0) }
    }

    @Test func `an event is one JSON object with its metadata`() throws {
        let lines = try logged {
            $0.notice("listening", metadata: ["address": "127.0.0.1:1", "list": ["a", ["b": "c"]]])
        }
        #expect(
            lines.map(JSONWriter.string) == [
                #"{"time":"2026-01-02T03:04:05Z","level":"notice","message":"listening","label":"test","#
                    + #""address":"127.0.0.1:1","list":["a",{"b":"c"}]}"#
            ]
        )
    }

    @Test func `no value can begin a line of its own`() throws {
        let lines = try logged { $0.error("x", metadata: ["bad": "a\nb\r\"\u{1B}[31m"]) }
        #expect(lines.count == 1)
        #expect(lines[0]["bad"] == .string("a\nb\r\"\u{1B}[31m"))
        #expect(!JSONWriter.bytes(lines[0]).contains { $0 < 0x20 })
    }

    @Test func `an event below the level is not written`() throws {
        #expect(try logged { $0.debug("x") }.isEmpty)
    }

    @Test func `a level that changes applies to loggers that are there`() throws {
        let threshold = LogThreshold(.info)
        let lines = try logged(from: threshold) { logger in
            logger.debug("before")
            threshold.level = .debug
            logger.debug("then")
            threshold.level = .error
            logger.warning("after")
        }
        #expect(lines.map { $0["message"] } == [.string("then")])
    }

    @Test func `a level of one logger's own stays`() throws {
        let threshold = LogThreshold(.info)
        let lines = try logged(from: threshold) { logger in
            var own = logger
            own.logLevel = .error
            threshold.level = .trace
            own.warning("quiet")
            logger.trace("loud")
        }
        #expect(lines.map { $0["message"] } == [.string("loud")])
    }
}
