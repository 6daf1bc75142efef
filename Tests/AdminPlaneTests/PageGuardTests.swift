@testable import AdminPlane
import HTTPWire
import Testing

/// Which requests of browsers go on.
@Suite struct PageGuardTests {
    private func objection(
        _ method: HTTPMethod = .get,
        _ path: String = "/",
        isOpen: Bool = true,
        isUnix: Bool = false,
        fields: [(FieldName, String)]
    ) -> String? {
        var all = RequestFields()
        for (name, value) in fields { all.add(name, value) }
        let head = RequestHead(method: method, path: path, query: nil, fields: all, hasBody: false)
        return PageGuard.objection(to: head, isOpen: isOpen, isUnix: isUnix)
    }

    @Test(arguments: [
        "localhost", "LOCALHOST:9464", "127.0.0.1", "127.0.0.1:1", "[::1]:9464", "a.localhost", "10.0.0.1",
    ])
    func `a name that no DNS leads astray is taken`(_ host: String) {
        #expect(objection(fields: [(.host, host)]) == nil)
    }

    @Test(arguments: [
        "example.ir", "127.0.0.1.example.ir", "localhost.example.ir", "1.2.3", "1.2.3.256", "", "[::1", "x:80",
    ])
    func `another name is refused where nobody is asked for a key`(_ host: String) {
        #expect(objection(fields: [(.host, host)]) != nil)
        #expect(objection(isOpen: false, fields: [(.host, host)]) == nil)
        #expect(objection(isUnix: true, fields: [(.host, host)]) == nil)
    }

    @Test(arguments: ["https://example.ir", "null", "http://localhost:1", "http://localhost.example.ir", "localhost"])
    func `the page of another origin is refused`(_ origin: String) {
        #expect(objection(isOpen: false, fields: [(.host, "localhost"), (.origin, origin)]) != nil)
    }

    @Test(arguments: ["http://localhost:9464", "https://localhost:9464"])
    func `the console's own pages may act`(_ origin: String) {
        let fields: [(FieldName, String)] = [
            (.host, "localhost:9464"), (.origin, origin), (.secFetchSite, "same-origin"),
        ]
        #expect(objection(.post, "/log-level", fields: fields) == nil)
        #expect(objection(.put, "/api/log-level", fields: fields) == nil)
    }

    @Test func `a link from elsewhere may be followed, and nothing else`() {
        let fields: [(FieldName, String)] = [(.host, "localhost"), (.secFetchSite, "cross-site")]
        #expect(objection(.get, "/trail", fields: fields) == nil)
        #expect(objection(.get, "/api/state", fields: fields) != nil)
        #expect(objection(.post, "/log-level", fields: fields) != nil)
    }
}
