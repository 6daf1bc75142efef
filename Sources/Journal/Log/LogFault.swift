/// The first thing that is wrong with a log, and where.
package enum LogFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The record's bytes or its link are not those that were written.
    case changed(Int)
    /// What pruning left of the first records does not follow from a signed checkpoint.
    case changedHead(Int)
    /// Records are not there though later ones are.
    case missing(ClosedRange<Int>)
    /// A record stands in another one's place.
    case reordered(Int, holds: Int)
    /// A record stands there that is not of this log, or stands there twice.
    case added(Int)
    /// A signed checkpoint covers records that are not there.
    case truncated(after: Int, checkpoint: Int)
    /// The chain is whole but not the one that was signed: something in the range was changed, and all after it made
    /// anew.
    case rewritten(ClosedRange<Int>)
    /// The checkpoint at that size is not signed by the log's key.
    case wrongSignature(Int)
    /// The checkpoint stored for that size can't be read, or is one of another size or log.
    case malformedCheckpoint(Int)

    package var description: String {
        switch self {
        case .changed(let number): "record \(number) was changed"
        case .changedHead(let size): "what pruning left of the first \(size) records was changed"
        case .missing(let numbers):
            numbers.count == 1
                ? "record \(numbers.lowerBound) is missing"
                : "records \(numbers.lowerBound) to \(numbers.upperBound) are missing"
        case .reordered(let number, let other): "record \(other) stands in the place of record \(number)"
        case .added(let number): "record \(number) was added"
        case .truncated(let last, let size):
            "the log ends after record \(last), but a checkpoint covers \(size) records"
        case .rewritten(let numbers):
            "records from \(numbers.lowerBound) to \(numbers.upperBound) are not those that were signed"
        case .wrongSignature(let size): "the checkpoint over \(size) records is not signed by the log's key"
        case .malformedCheckpoint(let size): "the checkpoint over \(size) records can not be read"
        }
    }
}
