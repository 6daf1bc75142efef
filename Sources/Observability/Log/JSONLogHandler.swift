package import Logging
private import StrictJSON

/// Writes log events as one JSON object a line: `time`, `level`, `message`, `label`, and the metadata under its keys.
///
/// Everything is escaped as JSON, so no value can begin a line of its own.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let threshold: LogThreshold
    private var ownLevel: Logger.Level?

    private let label: String
    private let sink: any LogSink
    private let now: @Sendable () -> String

    /// - Parameters:
    ///   - threshold: shared with others, and changed for all of them.
    ///   - now: the time of an event, as it is to stand in the line.
    package init(
        label: String, threshold: LogThreshold, sink: any LogSink, now: @escaping @Sendable () -> String
    ) {
        self.label = label
        self.threshold = threshold
        self.sink = sink
        self.now = now
    }

    /// Set for one logger alone, it no longer follows the threshold.
    package var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var members = [
            JSONMember("time", .string(now())),
            JSONMember("level", .string(event.level.rawValue)),
            JSONMember("message", .string(event.message.description)),
            JSONMember("label", .string(label)),
        ]
        var data = metadata
        if let provided = metadataProvider?.get() { data.merge(provided) { _, new in new } }
        if let own = event.metadata { data.merge(own) { _, new in new } }
        for (key, value) in data.sorted(by: { $0.key < $1.key }) {
            members.append(JSONMember(key, JSONLogHandler.json(value)))
        }
        sink.write(line: JSONWriter.bytes(.object(members)))
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string(value.description)
        case .array(let values): .array(values.map(json))
        case .dictionary(let values):
            .object(values.sorted { $0.key < $1.key }.map { JSONMember($0.key, json($0.value)) })
        }
    }
}
