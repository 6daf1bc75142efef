import Foundation
import Testing

@Suite struct TidyTests {
    @Test(arguments: ["Sources", "Tests"])
    func `no file is longer than a person reads in one go`(folder: String) {
        for file in SourceTree.files(below: folder) {
            #expect(file.lines.count <= TidyRules.fileLines + 1, "\(file) has \(file.lines.count) lines")
        }
    }

    @Test(arguments: ["Sources", "Tests"])
    func `no function is longer than a screen`(folder: String) {
        for file in SourceTree.swiftFiles(below: folder) {
            #expect(TidyRules.longFunctions(file.lines).isEmpty, "\(file): \(TidyRules.longFunctions(file.lines))")
        }
    }

    @Test func `a function that is too long is found`() {
        let body = Array(repeating: "        x()", count: 59)
        #expect(TidyRules.longFunctions(["    func f() {"] + body + ["    }"]) == [1])
        #expect(TidyRules.longFunctions(["    func f() {"] + body.dropLast() + ["    }"]) == [])
    }

    @Test func `no line of the sources is longer than the format allows`() {
        for file in SourceTree.swiftFiles(below: "Sources") {
            for (index, line) in file.lines.enumerated() where line.count > TidyRules.lineLength {
                // A text that can't be broken is left to the formatter's judgement.
                #expect(line.contains("\""), "\(file):\(index + 1) has \(line.count) characters")
            }
        }
    }

    @Test func `no banned word stands in the sources`() {
        for file in SourceTree.swiftFiles(below: "Sources") {
            for (index, line) in file.lines.enumerated() {
                for (word, reason) in TidyRules.banned where TidyRules.stands(word, in: line) {
                    let isCommand = file.path.contains("/divar-gateway/")
                    #expect(word == "print(" && isCommand, "\(file):\(index + 1): \(word): \(reason)")
                }
            }
        }
    }

    @Test func `no file is named for being left over`() {
        for file in SourceTree.files(below: "Sources") + SourceTree.files(below: "Tests") {
            for name in TidyRules.bannedNames {
                #expect(!file.name.contains(name), "\(file) says nothing of what it is")
            }
        }
    }

    @Test func `every type that other rooms see says what it is for`() {
        for file in SourceTree.swiftFiles(below: "Sources") {
            let lines = TidyRules.undocumented(file.lines)
            #expect(lines.isEmpty, "\(file): \(lines)")
        }
        #expect(TidyRules.undocumented(["package struct A {"]) == [1])
        #expect(TidyRules.undocumented(["/// A.", "package struct A {"]) == [])
    }

    @Test func `nothing public is offered, for there is nobody outside to use it`() {
        for file in SourceTree.swiftFiles(below: "Sources") {
            for (index, line) in file.lines.enumerated() {
                let declaration = line.drop { $0 == " " }
                #expect(!declaration.hasPrefix("public "), "\(file):\(index + 1)")
            }
        }
    }

    /// A folder that the manifest doesn't name is neither built nor run, and nothing says so.
    @Test func `every folder of tests is a target, but for the end-to-end tests`() throws {
        let manifest = try String(contentsOf: SourceTree.root.appending(path: "Package.swift"), encoding: .utf8)
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: SourceTree.root.appending(path: "Tests").path())
        for folder in folders where folder.hasSuffix("Tests") {
            #expect(manifest.contains("name: \"\(folder)\""), "\(folder) is not a target")
        }
    }

    @Test func `every folder of the sources is a room of the map in the README`() throws {
        let readme = try String(contentsOf: SourceTree.root.appending(path: "README.md"), encoding: .utf8)
        let rooms = try FileManager.default.contentsOfDirectory(
            atPath: SourceTree.root.appending(path: "Sources").path())
        #expect(rooms.count > 5)
        for room in rooms { #expect(readme.contains("| `\(room)` |"), "\(room) is not on the map") }
    }
}
