import Foundation
import GatewayAssembly
import Testing

@Suite
struct AtomicFileTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/atomic-\(UUID().uuidString)"
    private var path: String { folder + "/key" }
    private var file: AtomicFile { AtomicFile(path: path, draft: folder + "/key.new") }

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    private func inFolder(_ body: () throws -> Void) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body()
    }

    @Test func `a file is for its owner alone and nothing is left beside it`() throws {
        try inFolder {
            try file.make(with: Array("one".utf8))
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "one")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["key"])
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func `a file that is there stays as it is where a new one is wanted`() throws {
        try inFolder {
            try file.make(with: Array("one".utf8))
            #expect(throws: ProcessError.self) { try file.make(with: Array("two".utf8)) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "one")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["key"])
        }
    }

    @Test func `a file is replaced whole`() throws {
        try inFolder {
            try file.replace(with: Array("something long".utf8), isDurable: true)
            try file.replace(with: Array("short".utf8), isDurable: false)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "short")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["key"])
        }
    }

    @Test func `a failure names the file and the reason`() throws {
        try inFolder {
            let failure = #expect(throws: ProcessError.self) {
                try AtomicFile(path: folder + "/none/key", draft: folder + "/none/draft").make(with: [1])
            }
            let text = failure?.description ?? ""
            #expect(text.contains("/none/draft") && text.hasSuffix("No such file or directory"))
        }
    }
}
