import Custody
import DivarAPI
import Foundation
import GatewayAssembly
import HTTPWire
import InternalAPI
import Journal
import Messaging
import Testing

/// Whatever holds a secret, from the request that brings it to the error that it ends in, shows nothing of it.
@Suite struct RedactedValuesTests {
    private static let hidden = "s3cr3t-KEY-0123456789"
    private static let secret = Secret(hidden)
    /// Bytes that stand in no text by chance, also where a text lists them as numbers.
    private static let masterBytes = (0..<32).map { UInt8(161 + $0) }

    private struct Wrapper<Value: Sendable>: Error {
        let value: Value
    }

    private func texts(of value: some Sendable) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        let wrapped: any Error = Wrapper(value: value)
        return [
            dumped, "\(value)", String(reflecting: value), "\(wrapped)", String(reflecting: wrapped),
            wrapped.localizedDescription, "\(Optional(value) as Any)", "\([value])", "\(["a": value])",
            "\(Result<Any, any Error>.failure(wrapped))",
        ]
    }

    private func assertRedacted(_ value: some Sendable) {
        let numbers = RedactedValuesTests.masterBytes.prefix(4).map(String.init)
        for text in texts(of: value) {
            #expect(!text.contains("s3cr3t") && !text.contains("0123456789"), "\(type(of: value))")
            let digits = text.split { !$0.isNumber }.map(String.init)
            #expect(digits.firstRange(of: numbers) == nil, "\(type(of: value)) lists the bytes of a key")
            #expect(!text.lowercased().contains("a1a2a3a4"), "\(type(of: value)) has the digits of a key")
        }
    }

    @Test func `what holds keys prints none of them`() throws {
        let app = try #require(AppName("shop"))
        let key = AppKey(name: "default/1", secret: RedactedValuesTests.secret)
        assertRedacted(key)
        assertRedacted(AppKeys([app: [key, key]]))
        assertRedacted(KeySource.fixed(RedactedValuesTests.secret))
        assertRedacted(IdentificationKey(RedactedValuesTests.secret))
        assertRedacted(CallerKeyDigest(of: RedactedValuesTests.secret))
        let origin = try #require(Origin("http://127.0.0.1:1"))
        assertRedacted(SandboxTarget(origin: origin, uploadURL: "http://127.0.0.1:1", key: RedactedValuesTests.secret))
    }

    @Test func `what a call brings and gets prints no token`() throws {
        let token = try #require(AccessToken(RedactedValuesTests.hidden))
        assertRedacted(token)
        assertRedacted(UploadGrant(token: RedactedValuesTests.secret, uploadURL: "https://chat.divar.ir/upload"))
        assertRedacted(DivarAnswer.uploadToken(RedactedValuesTests.secret))
        assertRedacted(Redaction([RedactedValuesTests.secret]))
        let caller = Caller(name: .local, app: try #require(AppName("shop")), permissions: [.send])
        assertRedacted(
            CallContext(caller: caller, userToken: token, trace: TraceContext(random: (1, 2), span: 3)))
    }

    @Test func `a request prints no field, on its way in and on its way up`() {
        var fields = RequestFields()
        fields.add(.authorization, "Bearer " + RedactedValuesTests.hidden)
        fields.add(.accessToken, RedactedValuesTests.hidden)
        assertRedacted(fields)
        assertRedacted(RequestHead(method: .get, path: "/", query: nil, fields: fields, hasBody: false))
        assertRedacted(
            UpstreamRequest(
                method: .get, path: "/", fields: [("X-API-Key", RedactedValuesTests.hidden)],
                body: Array(RedactedValuesTests.hidden.utf8)))
    }

    @Test func `the keys of the trail print nothing of themselves`() throws {
        let master = try #require(MasterKey(RedactedValuesTests.masterBytes))
        assertRedacted(master)
        assertRedacted(ContentSealer(masterKeys: [master]))
    }

    @Test func `errors about keys name the place and not what was found there`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("\(RedactedValuesTests.hidden) \(RedactedValuesTests.hidden)".utf8).write(to: URL(filePath: path))
        let error = #expect(throws: KeySourceError.self) { try KeySource.file(path: path).resolve(environment: [:]) }
        assertRedacted(try #require(error))
    }

    @Test func `every problem is made of words that nobody put a secret into`() {
        for kind in ProblemKind.allCases {
            assertRedacted(Wrapper(value: (Problem(kind, detail: "\(RedactedValuesTests.secret)"), 1)))
        }
    }
}
