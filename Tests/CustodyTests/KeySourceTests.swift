import Custody
import Foundation
import Messaging
import Testing

@Suite struct KeySourceTests {
    private func temporaryFile(_ contents: Data) throws -> String {
        let url = FileManager.default.temporaryDirectory.appending(path: "key-\(UUID().uuidString)")
        try contents.write(to: url)
        return url.path()
    }

    @Test(arguments: ["abc", "abc\n", "  abc\r\n"])
    func `a key is read from a file without the white space around it`(contents: String) throws {
        let path = try temporaryFile(Data(contents.utf8))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try KeySource.file(path: path).resolve(environment: [:]) == Secret("abc"))
    }

    @Test(arguments: [Data(), Data("\n".utf8), Data("a b".utf8), Data([0xFF, 0xFE]), Data(count: 5000)])
    func `a file that holds no key is refused and not quoted`(contents: Data) throws {
        let path = try temporaryFile(contents)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: KeySourceError.notAKey(source: "file \(path)")) {
            try KeySource.file(path: path).resolve(environment: [:])
        }
    }

    @Test func `a file that is not there is told by its path`() {
        #expect(throws: KeySourceError.unreadable(path: "/nonexistent/key")) {
            try KeySource.file(path: "/nonexistent/key").resolve(environment: [:])
        }
    }

    @Test func `a key is read from the environment`() throws {
        let source = KeySource.environment(variable: "DIVAR_API_KEY")
        #expect(try source.resolve(environment: ["DIVAR_API_KEY": "abc"]) == Secret("abc"))
        #expect(throws: KeySourceError.notSet(variable: "DIVAR_API_KEY")) { try source.resolve(environment: [:]) }
        #expect(throws: KeySourceError.self) { try source.resolve(environment: ["DIVAR_API_KEY": ""]) }
    }
}
