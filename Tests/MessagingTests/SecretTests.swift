import Foundation
import Messaging
import Testing

/// A secret is in no text that anybody can make of it, or of what holds it.
@Suite struct SecretTests {
    private static let hidden = "s3cr3t-KEY-0123456789"

    private struct Holder {
        var name = "holder"
        var secret = Secret(SecretTests.hidden)
        var maybe: Secret? = Secret(SecretTests.hidden)
        var many = [Secret(SecretTests.hidden)]
        var keyed = ["key": Secret(SecretTests.hidden)]
        var pair = (1, Secret(SecretTests.hidden))
        var token = AccessToken(SecretTests.hidden)
        var result: Result<Secret, CancellationError> = .success(Secret(SecretTests.hidden))
    }

    private enum Wrapped {
        case one(Secret)
        case labelled(key: Secret, count: Int)
    }

    private final class Box {
        let secret = Secret(SecretTests.hidden)
    }

    private struct Failure: Error {
        var key = Secret(SecretTests.hidden)
    }

    /// Every text that the language makes of a value by itself.
    private func texts(of value: Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        var named = ""
        dump(value, to: &named, name: "value", maxDepth: 20)
        var printed = ""
        print(value, to: &printed)
        var debugged = ""
        debugPrint(value, to: &debugged)
        return [
            dumped, named, printed, debugged, "\(value)", String(describing: value), String(reflecting: value),
            mirrored(value),
        ]
    }

    /// Walks the mirror to its leaves, as loggers and crash reporters do.
    private func mirrored(_ value: Any, depth: Int = 0) -> String {
        guard depth < 10 else { return "" }
        return Mirror(reflecting: value).children.reduce(into: "") { text, child in
            text += "\(child.label ?? "-")=\(child.value);" + mirrored(child.value, depth: depth + 1)
        }
    }

    @Test func `a secret prints as redacted`() {
        let secret = Secret(SecretTests.hidden)
        #expect("\(secret)" == "[redacted]")
        #expect(String(describing: secret) == "[redacted]")
        #expect(String(reflecting: secret) == "[redacted]")
        #expect(secret.description == "[redacted]")
        #expect(secret.debugDescription == "[redacted]")
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test func `no text of a secret or of what holds one contains it`() {
        let values: [Any] = [
            Secret(SecretTests.hidden), Optional(Secret(SecretTests.hidden)) as Any, Holder(), [Holder()],
            Wrapped.one(Secret(SecretTests.hidden)), Wrapped.labelled(key: Secret(SecretTests.hidden), count: 1),
            Box(), Failure(), AccessToken(SecretTests.hidden) as Any, Set(["x"]),
            UploadGrant(token: Secret(SecretTests.hidden), uploadURL: "https://chat.divar.ir/upload"),
        ]
        for value in values {
            for text in texts(of: value) {
                #expect(!text.contains("s3cr3t") && !text.contains("0123456789"), "in \(type(of: value))")
            }
        }
    }

    @Test func `the context of a call does not show the user's token`() throws {
        let caller = Caller(
            name: .local, app: try #require(AppName("shop")), permissions: [.send]
        )
        let context = CallContext(
            caller: caller,
            userToken: AccessToken(SecretTests.hidden),
            trace: TraceContext(random: (1, 2), span: 3)
        )
        for text in texts(of: context) { #expect(!text.contains("s3cr3t")) }
    }

    @Test func `an error that holds a secret does not show it`() {
        let error: any Error = Failure()
        #expect(!error.localizedDescription.contains("s3cr3t"))
        #expect(!"\(error as NSError)".contains("s3cr3t"))
    }

    /// A collection of secrets would compare hashes, in a time of its own; an encoder would write them down.
    @Test func `a secret is neither hashable nor codable`() {
        let secret: Any = Secret(SecretTests.hidden)
        #expect(!(secret is any Hashable) && !(secret is any Encodable) && !(secret is any Decodable))
    }

    @Test func `the text comes out where it is asked for by name`() {
        #expect(Secret(SecretTests.hidden).withExposedText { $0 } == SecretTests.hidden)
        #expect(Secret("کلید").withExposedText { Array($0.utf8) } == Array("کلید".utf8))
        #expect(throws: CancellationError.self) {
            try Secret("a").withExposedText { _ in throw CancellationError() }
        }
    }

    @Test(arguments: [
        ("", "", true), ("a", "a", true), ("", "a", false), ("a", "", false), ("a", "b", false), ("ab", "a", false),
        ("abc", "abd", false), ("abc", "xbc", false), ("abc", "abcd", false), ("کلید", "کلید", true), ("A", "a", false),
        ("\u{E9}", "e\u{301}", false), ("\u{E9}", "\u{E9}", true), ("a\u{0}", "a", false),
        ("a\u{0}b", "a\u{0}c", false),
    ])
    func `secrets are equal exactly when their bytes are`(_ left: String, _ right: String, _ equal: Bool) {
        #expect((Secret(left) == Secret(right)) == equal)
        #expect((Secret(right) == Secret(left)) == equal)
    }

    @Test func `a difference at any place is seen`() {
        let text = Array(String(repeating: "k", count: 64).utf8)
        for place in text.indices {
            for bit in 0..<7 {
                var other = text
                other[place] ^= 1 << UInt8(bit)
                #expect(Secret(String(decoding: text, as: UTF8.self)) != Secret(String(decoding: other, as: UTF8.self)))
            }
        }
    }
}
