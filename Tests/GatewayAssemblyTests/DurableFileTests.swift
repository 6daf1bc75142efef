import Foundation
import GatewayAssembly
import Testing

@Suite
struct DurableFileTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/durable-\(UUID().uuidString)"
    private var path: String { folder + "/key" }

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    private func inFolder(_ body: () throws -> Void) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body()
    }

    @Test func `a file is for its owner alone and nothing is left beside it`() throws {
        try inFolder {
            try DurableFile.write(Array("one".utf8), to: path, isNew: true)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "one")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["key"])
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func `a file that is there stays as it is where a new one is wanted`() throws {
        try inFolder {
            try DurableFile.write(Array("one".utf8), to: path, isNew: true)
            #expect(throws: DurableFile.Failure.self) {
                try DurableFile.write(Array("two".utf8), to: path, isNew: true)
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "one")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["key"])
        }
    }

    @Test func `a file is replaced whole`() throws {
        try inFolder {
            try DurableFile.write(Array("something long".utf8), to: path, isNew: false)
            try DurableFile.write(Array("short".utf8), to: path, isNew: false)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "short")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["key"])
        }
    }

    @Test func `a failure names the file and the reason`() throws {
        try inFolder {
            let failure = #expect(throws: DurableFile.Failure.self) {
                try DurableFile.write([1], to: folder + "/none/key", isNew: true)
            }
            let text = failure?.description ?? ""
            #expect(text.contains("/none/key") && text.hasSuffix("No such file or directory"))
        }
    }
}
