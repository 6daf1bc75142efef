import Foundation

/// The repository's own text, read to hold it to its rules.
enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct File: CustomStringConvertible {
        let path: String
        let lines: [String]

        var name: String { String(path.split(separator: "/").last ?? "") }
        var description: String { path }
    }

    static func swiftFiles(below folder: String) -> [File] {
        files(below: folder).filter { $0.path.hasSuffix(".swift") }
    }

    static func files(below folder: String) -> [File] {
        let base = root.appending(path: folder)
        guard let names = FileManager.default.enumerator(atPath: base.path()) else { return [] }
        return names.compactMap { $0 as? String }.sorted().compactMap { name in
            guard !name.contains("__pycache__"), !name.contains(".pytest_cache"),
                let text = try? String(contentsOf: base.appending(path: name), encoding: .utf8)
            else { return nil }
            return File(path: folder + "/" + name, lines: text.components(separatedBy: "\n"))
        }
    }
}
