/// Why there is no proof, or why one proves nothing.
package enum ProofFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The log has no record of that number.
    case noRecord(Int)
    /// No checkpoint covers the record yet.
    case notCovered(Int)
    /// The log as it is stored doesn't lead to the signed root.
    case brokenLog(Int)
    /// The text is not that of a proof.
    case malformed
    /// The checkpoint in the proof can't be read.
    case malformedCheckpoint
    /// The checkpoint in the proof is not signed by the log's key.
    case wrongSignature
    /// The record is of another log than the checkpoint.
    case otherLog
    /// The record names another number than the proof is for.
    case otherNumber(Int)
    /// The hashes don't lead from the record to the signed root.
    case doesNotLead(Int)

    package var description: String {
        switch self {
        case .noRecord(let number): "there is no record \(number)"
        case .notCovered(let number): "no checkpoint covers record \(number) yet; try again in some seconds"
        case .brokenLog(let number): "the log does not lead from record \(number) to the signed root; see audit verify"
        case .malformed: "the file is not a proof"
        case .malformedCheckpoint: "the checkpoint in the proof can not be read"
        case .wrongSignature: "the checkpoint in the proof is not signed by the log's key"
        case .otherLog: "the record in the proof is of another log than its checkpoint"
        case .otherNumber(let number): "the record in the proof is not record \(number), for which the proof is"
        case .doesNotLead(let number): "the proof does not lead from record \(number) to the signed root"
        }
    }
}
