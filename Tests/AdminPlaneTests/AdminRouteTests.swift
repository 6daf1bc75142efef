@testable import AdminPlane
import AuditReport
import Testing

/// What a path means, and what it takes.
@Suite struct AdminRouteTests {
    private let message = "0190a5c8-0000-7000-8000-000000000000"

    @Test func `every page and call has its path`() throws {
        let name = try #require(RecordName(message))
        #expect(AdminRoute(path: "/") == .overview)
        #expect(AdminRoute(path: "/messages/\(message)") == .story(name))
        #expect(AdminRoute(path: "/records/7") == .story(.number(7)))
        #expect(AdminRoute(path: "/messages/\(message)/text") == .pageText(message))
        #expect(AdminRoute(path: "/api/messages/\(message)") == .apiStory(name))
        #expect(AdminRoute(path: "/api/messages/\(message)/text") == .apiText(message))
        #expect(AdminRoute(path: "/api/records/7/proof") == .apiProof(7))
        #expect(AdminRoute(path: "/assets/console.css") == .asset("console.css"))
    }

    @Test(arguments: [
        "//", "/trail/", "/api", "/api/", "/messages/x", "/messages/7", "/records/x", "/records/0", "/records/-1",
        "/records/07", "/api/records/7/", "/api/records/x/proof", "/assets/a/b", "/Metrics", "/api/messages/7/text",
    ])
    func `anything else is not there`(_ path: String) {
        #expect(AdminRoute(path: path) == nil)
    }

    @Test func `only what everybody needs to come in takes no right`() {
        let open: [AdminRoute] = [.login, .logout, .asset("console.css")]
        for route in open { #expect(route.right == nil) }
        #expect(AdminRoute.metrics.right == .metrics)
        #expect(AdminRoute.apiState.right == .look)
        #expect(AdminRoute.pageText(message).right == .texts)
        #expect(AdminRoute.apiText(message).right == .texts)
        #expect(AdminRoute.levelForm.right == .operate)
        #expect(AdminRoute.apiLevel.right == .look)
        #expect(AdminRoute.apiLevel.changingRight == .operate)
    }

    @Test func `what changes something or is recorded is never a GET`() {
        for route in [AdminRoute.pageText(message), .apiText(message), .levelForm, .logout] {
            #expect(route.methods == ["POST"])
        }
    }

    @Test(arguments: ["//example.ir", "https://example.ir", "/\\example.ir", "trail", "", "/a b", "/\u{1}"])
    func `a login leads to no other site`(_ next: String) {
        #expect(AdminResponse.ownPath(next) == "/")
        #expect(AdminResponse.ownPath("/trail?caller=x") == "/trail?caller=x")
    }
}
