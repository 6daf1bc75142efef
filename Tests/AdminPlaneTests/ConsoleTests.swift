@testable import AdminPlane
import Mustache
import Testing

/// The templates, and what of a text becomes part of a page.
@Suite struct ConsoleTests {
    private struct View {
        let frame = PageFrame("x", page: "x", for: .anybody)
        let title: String
        let detail: String
    }

    @Test(arguments: Console.templates.keys.sorted())
    func `every template is one, and escapes by our rule`(_ name: String) throws {
        let text = String(decoding: Console.templates[name] ?? [], as: UTF8.self)
        _ = Console()
        _ = try MustacheTemplate(string: text)
        #expect(text.hasPrefix("{{% CONTENT_TYPE:PAGE}}"))
        #expect(!text.contains("{{{") && !text.contains("{{&"))
        #expect(!text.contains("style=") && !text.contains("<script>"))
    }

    /// The library takes a mark and what follows it for one character, which is none of those that it escapes.
    @Test(arguments: ["<", ">", "&", "\"", "'"])
    func `a combining mark doesn't hide what has to be escaped`(_ character: String) {
        let page = Console().text("message", View(title: character + "\u{0301}x", detail: ""))
        #expect(!page.utf8.contains(Array((character + "\u{0301}").utf8)))
        #expect(page.utf8.contains(Array(";\u{0301}x".utf8)))
    }

    @Test func `what a page loads is there`() {
        for name in ["console.css", "console.js", "icon.svg"] { #expect(Console.asset(name)?.bytes.isEmpty == false) }
        #expect(Console.asset("layout.mustache") == nil)
    }

    @Test func `a cookie is found among others`() {
        #expect(SessionCookie.value(in: "a=b; divar-gateway-session=x=y; c") == "x=y")
        #expect(SessionCookie.value(in: "xdivar-gateway-session=1") == nil)
    }

    @Test func `a session ends by its time, by its owner, and when there are too many`() {
        let sessions = AdminSessions()
        sessions.begin("a", of: "anna", now: 0)
        #expect(sessions.name("a", now: AdminSessions.lifetime - 1) == "anna")
        #expect(sessions.name("a", now: AdminSessions.lifetime) == nil)
        sessions.end("a")
        #expect(sessions.name("a", now: 0) == nil)
        for number in 0...Int64(AdminSessions.maximum) { sessions.begin("\(number)", of: "anna", now: number) }
        #expect(sessions.name("0", now: 300) == nil)
        #expect(sessions.name("1", now: 300) == "anna")
    }
}
