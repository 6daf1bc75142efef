import Foundation
import Testing

/// Where a `Secret` is opened. A new place fails here until it stands on the list with its reason.
@Suite struct SecretOpeningTests {
    private struct Opening {
        let file: String
        let count: Int
        let reason: String
    }

    private static let openings = [
        Opening(
            file: "Sources/Custody/SHA256+Secret.swift", count: 1,
            reason: "hashes keys and tokens, to look callers up and to tell tokens apart"),
        Opening(
            file: "Sources/Egress/UpstreamRequestBuilder.swift", count: 2,
            reason: "writes Divar's key and the user's token into the request to Divar"),
        Opening(
            file: "Sources/DivarAPI/Redaction.swift", count: 1,
            reason: "finds what Divar repeats of the credentials of a call"),
        Opening(
            file: "Sources/InternalAPI/AnswerBody.swift", count: 1,
            reason: "hands an upload token to the caller that asked for it"),
        Opening(
            file: "Sources/Egress/Queue/QueuedContent.swift", count: 1,
            reason: "keeps a user's token with a queued message, to be sealed"),
        Opening(
            file: "Sources/Custody/Users/UserGrant+Bytes.swift", count: 2,
            reason: "keeps a user's tokens in the journal, to be sealed"),
        Opening(
            file: "Sources/Egress/Users/TokenEndpoint.swift", count: 2,
            reason: "writes the refresh token and the client's secret into the request to Divar's token endpoint"),
        Opening(
            file: "Sources/GatewayAssembly/AuditKeys.swift", count: 1,
            reason: "reads the digits of a master key, at start"),
        Opening(
            file: "Sources/GatewayAssembly/CallerEnrolment.swift", count: 1,
            reason: "shows a new caller's key, this once"),
        Opening(
            file: "Sources/GatewayAssembly/Admin/AdminEnrolment.swift", count: 1,
            reason: "shows an operator's new key, this once"),
        Opening(
            file: "Sources/GatewayAssembly/Callers/NewCallerKey.swift", count: 1,
            reason: "shows a key that a command put into the callers file, this once"),
    ]

    private static let home = "Sources/Messaging/Secret.swift"

    /// The lines of code in which a secret is opened, by file.
    private static func found(in files: [SourceTree.File]) -> [String: [Int]] {
        files.reduce(into: [:]) { found, file in
            for (index, line) in file.lines.enumerated() where opens(line) {
                found[file.path, default: []].append(index + 1)
            }
        }
    }

    private static func opens(_ line: String) -> Bool {
        line.contains("withExposed") && !line.drop { $0 == " " }.hasPrefix("//")
    }

    @Test func `secrets are opened only where that is argued for`() {
        let allowed = Dictionary(uniqueKeysWithValues: SecretOpeningTests.openings.map { ($0.file, $0) })
        var found = SecretOpeningTests.found(in: SourceTree.swiftFiles(below: "Sources"))
        found[SecretOpeningTests.home] = nil
        for (file, lines) in found {
            let count = allowed[file]?.count ?? 0
            #expect(lines.count == count, "\(file) opens a secret in lines \(lines); \(count) openings are argued for")
        }
        for opening in SecretOpeningTests.openings {
            #expect(found[opening.file] != nil, "\(opening.file) opens nothing any more: take it off the list")
            #expect(!opening.reason.isEmpty)
        }
    }

    @Test func `an opening is found`() {
        #expect(SecretOpeningTests.opens("        let text = key.withExposedText { $0 }"))
        #expect(SecretOpeningTests.opens("let text = key.withExposedBytes(use)"))
        #expect(!SecretOpeningTests.opens("    /// see `withExposedText`"))
    }

    /// The memory of a secret belongs to one file; whoever else could make one from it could open it.
    @Test func `nobody but the type itself touches a secret's memory`() {
        for file in SourceTree.swiftFiles(below: "Sources") {
            guard !file.path.hasPrefix("Sources/Messaging/Secret") else { continue }
            for (index, line) in file.lines.enumerated() {
                #expect(!line.contains("SecretBytes"), "\(file):\(index + 1)")
                #expect(!line.contains("extension Secret:"), "\(file):\(index + 1) gives secrets another conformance")
            }
        }
    }
}
