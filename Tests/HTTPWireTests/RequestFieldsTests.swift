import HTTPWire
import NIOCore
import Testing

/// The fields of a request, its method and its peer.
@Suite struct RequestFieldsTests {
    @Test func `a field is found by its name`() {
        var fields = RequestFields()
        #expect(fields[.host] == nil)
        fields.add(.host, "a")
        fields.add(.authorization, "")
        #expect(fields[.host] == "a")
        #expect(fields[.authorization] == "")
        #expect(fields[.origin] == nil)
        #expect(fields.repeated == nil)
    }

    @Test(arguments: [FieldName.cacheControl, .ifNoneMatch])
    func `the lines of a list are one value`(_ name: FieldName) {
        var fields = RequestFields()
        for value in ["a", "b", ""] { fields.add(name, value) }
        #expect(fields.repeated == nil)
        #expect(fields[name] == "a, b, ")
    }

    @Test(arguments: FieldName.allCases.filter { !$0.isList })
    func `a field that comes twice is known as repeated, and the first stays`(_ name: FieldName) {
        for second in ["b", "a", ""] {
            var fields = RequestFields()
            fields.add(name, "a")
            fields.add(name, second)
            #expect(fields.repeated == name)
            #expect(fields[name] == "a")
        }
    }

    @Test func `a repetition is not forgotten when others follow`() {
        var fields = RequestFields()
        for name in [FieldName.host, .host, .origin, .traceparent] { fields.add(name, "x") }
        #expect(fields.repeated == .host)
    }

    @Test func `fields are equal when names, values and order are`() {
        func make(_ pairs: [(FieldName, String)]) -> RequestFields {
            var fields = RequestFields()
            for (name, value) in pairs { fields.add(name, value) }
            return fields
        }
        let one = make([(.host, "a"), (.origin, "b")])
        #expect(one == make([(.host, "a"), (.origin, "b")]))
        #expect(one.hashValue == make([(.host, "a"), (.origin, "b")]).hashValue)
        #expect(one != make([(.origin, "b"), (.host, "a")]))
        #expect(one != make([(.host, "a")]))
        #expect(one != make([(.host, "a"), (.origin, "c")]))
    }

    @Test func `names of fields are in lower case, as they are compared`() {
        for name in FieldName.allCases { #expect(name.rawValue == name.rawValue.lowercased()) }
    }

    @Test(arguments: ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get", "X-Y"])
    func `a method keeps its name`(_ name: String) {
        #expect(HTTPMethod(name).name == name)
    }

    @Test func `a method is told apart by its exact name`() {
        #expect(HTTPMethod("GET") == .get)
        #expect(HTTPMethod("get") == .other("get"))
        #expect(HTTPMethod("PATCH") == .other("PATCH"))
    }

    @Test func `a peer is an address or a socket on this machine`() throws {
        let ipv4 = try SocketAddress(ipAddress: "10.1.2.3", port: 4)
        let ipv6 = try SocketAddress(ipAddress: "2001:db8::1", port: 5)
        #expect(Peer(ipv4) == .tcp(host: "10.1.2.3", port: 4))
        #expect(Peer(ipv4).description == "10.1.2.3:4")
        #expect(Peer(ipv6).description == "[2001:db8::1]:5")
        #expect(Peer(try SocketAddress(unixDomainSocketPath: "/tmp/x")) == .unixSocket)
        #expect(Peer(nil).description == "unix")
    }

    @Test func `a request to the upstream prints none of its fields`() {
        let request = UpstreamRequest(
            method: .post, path: "/p4th", fields: [("X-API-Key", "s3cr3t")], body: Array("t3xt".utf8)
        )
        var dumped = ""
        dump(request, to: &dumped)
        for text in ["\(request)", String(reflecting: request), "\([request])", "\(Optional(request) as Any)", dumped] {
            #expect(
                !text.contains("s3cr3t") && !text.contains("t3xt") && !text.contains("p4th") && !text.contains("116"))
        }
        #expect(Mirror(reflecting: request).children.isEmpty)
    }
}
