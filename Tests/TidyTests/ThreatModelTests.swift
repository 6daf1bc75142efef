import Foundation
import Testing

/// The threat model says which test proves what; a test that was renamed or dropped would leave a promise without one.
@Suite struct ThreatModelTests {
    private static func names(in path: String) throws -> Set<String> {
        let text = try String(contentsOf: SourceTree.root.appending(path: path), encoding: .utf8)
        let quoted = text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
        return Set(quoted.filter { $0.hasPrefix("test_") || ($0.hasSuffix("Tests") && !$0.contains("/")) })
    }

    @Test(arguments: ["docs/threat-model.md", "SECURITY.md"])
    func `every test that is named as a proof is there`(path: String) throws {
        let scripts = Set(SourceTree.files(below: "Tests/EndToEnd").map(\.name))
        let suites = SourceTree.swiftFiles(below: "Tests").map(\.path)
        for name in try ThreatModelTests.names(in: path) {
            if name.hasPrefix("test_") {
                #expect(scripts.contains(name), "\(path) names \(name)")
            } else {
                let isThere = suites.contains { $0.hasSuffix("/\(name).swift") || $0.contains("/\(name)/") }
                #expect(isThere, "\(path) names \(name)")
            }
        }
    }

    @Test func `the threat model names tests`() throws {
        #expect(try ThreatModelTests.names(in: "docs/threat-model.md").count > 20)
    }
}
