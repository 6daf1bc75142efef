internal import Custody
private import FoundationEssentials
private import Glibc
private import Messaging
private import StrictJSON

/// When keys and callers were last used: a JSON file beside the callers file, which gateways write now and then. What
/// can't be read of it is as if it weren't there; it decides nothing.
struct CallerUseFile {
    private let path: String

    init(besideCallersFile path: String) {
        self.path = path + ".used"
    }

    func read() -> CallerUses {
        var uses = CallerUses()
        guard let data = FileManager.default.contents(atPath: path), data.count <= CallersFile.maximumBytes,
            let value = try? JSONParser.parse(Array(data))
        else { return uses }
        for member in value["keys"]?.objectMembers ?? [] {
            guard let digest = CallerKeyDigest(hexadecimal: member.name) else { continue }
            uses.keys[digest] = member.value.stringValue.flatMap(CallerTime.expiry)
        }
        for member in value["callers"]?.objectMembers ?? [] {
            guard let name = CallerName(member.name) else { continue }
            uses.callers[name] = member.value.stringValue.flatMap(CallerTime.expiry)
        }
        return uses
    }

    /// Writes what a gateway has seen, and what others that have the same callers have.
    func write(_ seen: CallerUses, of entries: [CallerEntry]) throws(ProcessError) {
        var uses = read()
        uses.merge(seen)
        uses.keep(keys: Set(entries.flatMap(\.keys).map(\.digest)), callers: Set(entries.map(\.name)))
        let value = JSONValue.object([
            JSONMember("callers", members(uses.callers) { $0.text }),
            JSONMember("keys", members(uses.keys) { $0.hexadecimal }),
        ])
        // Two gateways may write at the same time, each its own draft.
        try AtomicFile(path: path, draft: "\(path).new-\(getpid())")
            .replace(with: JSONWriter.bytes(value) + [UInt8(ascii: "\n")], isDurable: false)
    }

    private func members<Key>(_ times: [Key: Int64], _ name: (Key) -> String) -> JSONValue {
        .object(
            times.map { (name($0.key), $0.value) }.sorted { $0.0 < $1.0 }
                .map { JSONMember($0.0, .string(CallerTime.text($0.1))) }
        )
    }
}
