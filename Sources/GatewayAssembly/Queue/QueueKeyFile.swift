private import FoundationEssentials
internal import Journal
private import Messaging

/// The key under which messages in the queue are sealed: a file of its own, which a gateway makes where there is none.
enum QueueKeyFile {
    /// - Parameter waiting: how many messages wait that were sealed under it. Without them a key that isn't there is
    ///   made; nil where only what is there will do.
    static func sealer(at path: String, waiting: Int?) throws(ProcessError) -> QueueSealer {
        let manager = FileManager.default
        if let waiting, !manager.fileExists(atPath: path) {
            guard waiting == 0 else {
                throw ProcessError(
                    "the key of the queue \(path) is not there, and \(waiting) message(s) wait that can not be sent "
                        + "without it: put it back; or, to give them up, put 64 random hexadecimal digits there")
            }
            let key = Hexadecimal.text(ContentSealer.makeRecordKey())
            do throws(ProcessError) {
                // A message that was accepted can't be opened without it.
                try AtomicFile(path: path, draft: "\(path).\(UInt64.random(in: .min ... .max))")
                    .make(with: Array((key + "\n").utf8))
            } catch {
                throw ProcessError("the key of the queue can not be made: \(error)")
            }
        }
        guard manager.fileExists(atPath: path) else {
            throw ProcessError("the key of the queue \(path) is not there")
        }
        guard let data = manager.contents(atPath: path), data.count <= 1024,
            let bytes = Hexadecimal.bytes(String(decoding: data, as: UTF8.self).filter { !$0.isWhitespace }),
            let sealer = QueueSealer(bytes)
        else { throw ProcessError("\(path) does not hold a key of the queue: 64 hexadecimal digits") }
        return sealer
    }
}
