import Custody
import Foundation
import Messaging
import Testing

@Suite struct KeySourceTests {
    private func temporaryFile(_ contents: Data) throws -> String {
        let url = FileManager.default.temporaryDirectory.appending(path: "key-\(UUID().uuidString)")
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        #expect(FileManager.default.createFile(atPath: url.path(), contents: contents, attributes: attributes))
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

    // MARK: Who may have read it

    @Test(arguments: [0o640, 0o604, 0o620, 0o602, 0o666])
    func `a file that others may read or write is refused`(mode: Int) throws {
        let path = try temporaryFile(Data("abc".utf8))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        #expect(throws: KeySourceError.exposed(path: path)) {
            try KeySource.file(path: path).resolve(environment: [:])
        }
    }

    @Test(arguments: [0o640, 0o644])
    func `a shared file may be read by others and never written`(mode: Int) throws {
        let path = try temporaryFile(Data("abc".utf8))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        #expect(try KeySource.file(path: path, isShared: true).resolve(environment: [:]) == Secret("abc"))
        try FileManager.default.setAttributes([.posixPermissions: mode | 0o020], ofItemAtPath: path)
        #expect(throws: KeySourceError.exposed(path: path)) {
            try KeySource.file(path: path, isShared: true).resolve(environment: [:])
        }
    }

    @Test func `a folder is no key`() {
        #expect(throws: KeySourceError.unreadable(path: "/tmp")) {
            try KeySource.file(path: "/tmp", isShared: true).resolve(environment: [:])
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a pipe that nobody writes to holds nobody up`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/pipe-\(UUID().uuidString)"
        try #require(unsafe mkfifo(path, 0o600) == 0)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: KeySourceError.unreadable(path: path)) {
            try KeySource.file(path: path).resolve(environment: [:])
        }
    }

    @Test func `a credential is a file in the folder of the service manager, whatever its mode`() throws {
        let path = try temporaryFile(Data("abc\n".utf8))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.setAttributes([.posixPermissions: 0o440], ofItemAtPath: path)
        let url = URL(filePath: path)
        let environment = ["CREDENTIALS_DIRECTORY": url.deletingLastPathComponent().path()]
        let source = KeySource.credential(name: url.lastPathComponent)
        #expect(try source.resolve(environment: environment) == Secret("abc"))
        #expect(throws: KeySourceError.noCredentials(name: url.lastPathComponent)) {
            try source.resolve(environment: [:])
        }
    }
}
