private import FoundationEssentials

/// Small files that an `audit` command is given.
enum AuditFile {
    /// Far more than any proof or checkpoint takes.
    private static let maximumBytes = 1024 * 1024

    static func text(_ path: String) throws(ProcessError) -> String {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw ProcessError("\(path) can not be read")
        }
        guard data.count <= maximumBytes, let text = String(validating: data, as: UTF8.self) else {
            throw ProcessError("\(path) is not a text in UTF-8, or too long")
        }
        return text
    }
}
