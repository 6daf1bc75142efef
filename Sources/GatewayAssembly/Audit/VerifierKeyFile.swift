internal import Journal

/// The file with the key by which a log's checkpoints are checked.
enum VerifierKeyFile {
    /// Takes the first line.
    static func read(_ path: String) throws(ProcessError) -> VerifierKey {
        let line = try AuditFile.text(path).split(separator: "\n").first ?? ""
        guard let key = VerifierKey(String(line)) else { throw ProcessError("\(path) does not hold a verifier key") }
        return key
    }
}
