@testable import HTTPWire
import Testing

/// Where a server listens, as it is written in a configuration.
@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080), ("localhost:0", "localhost", 0), ("0.0.0.0:65535", "0.0.0.0", 65_535),
        ("[::1]:8080", "::1", 8080), ("[::]:80", "::", 80), ("gateway.internal:1", "gateway.internal", 1),
    ])
    func `a host and a port are read and written back`(_ text: String, _ host: String, _ port: Int) {
        #expect(ListenAddress(text) == .tcp(host: host, port: port))
        #expect(ListenAddress(text)?.description == text)
    }

    @Test(arguments: ["unix:/run/divar-gateway/api.sock", "unix:/a", "unix:/a:80", "unix:/with space", "unix:/سلام"])
    func `a socket's path is read and written back`(_ text: String) {
        #expect(ListenAddress(text) == .unix(path: String(text.dropFirst(5))))
        #expect(ListenAddress(text)?.description == text)
    }

    @Test func `a socket's path has at most 107 bytes`() {
        let longest = "/" + String(repeating: "a", count: 106)
        #expect(ListenAddress("unix:" + longest) == .unix(path: longest))
        #expect(ListenAddress("unix:" + longest + "a") == nil)
        #expect(ListenAddress("unix:/" + String(repeating: "س", count: 53)) != nil)
        #expect(ListenAddress("unix:/" + String(repeating: "س", count: 54)) == nil)
    }

    @Test(
        arguments: [
            "", ":", ":80", "80", "localhost", "localhost:", "127.0.0.1", "127.0.0.1:", "a:-1", "a:65536", "a:x",
            "a:80x", "a: 80",
            "a:80 ", "a:99999999999999999999", "a:٨٠", "a:8_0", "a:b:80", "::1", "::1:80", "[::1]", "[::1]:", "[::1",
            "[::1:80",
            "::1]:80", "[]:80", "[a]:80", "[127.0.0.1]:80", "unix:", "unix:a", "unix:relative/path",
            "UNIX:/a", "http://a:80",
        ])
    func `what is no address is refused`(_ text: String) {
        #expect(ListenAddress(text) == nil)
    }

    /// A port is written in digits; `Int` also reads signs.
    @Test(arguments: ["127.0.0.1:+80", "127.0.0.1:-0", "[::1]:+80"])
    func `a port with a sign is refused`(_ text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1:0", true), ("127.0.0.2:0", true), ("127.255.255.255:0", true), ("localhost:0", true),
        ("[::1]:0", true),
        ("unix:/a", true), ("0.0.0.0:0", false), ("[::]:0", false), ("128.0.0.1:0", false), ("10.0.0.1:0", false),
        ("192.168.1.1:0", false), ("126.255.255.255:0", false), ("127.0.0:0", false), ("127.0.0.1.1:0", false),
        ("127.0.0.256:0", false), ("127.0.0.1.example.com:0", false), ("127.0.0.1.:0", false),
        ("localhost.example.com:0", false),
        ("notlocalhost:0", false), ("[::2]:0", false), ("[::ffff:10.0.0.1]:0", false), ("1.0.0.127:0", false),
    ])
    func `only what this machine alone can reach is local`(_ text: String, _ local: Bool) throws {
        #expect(try #require(ListenAddress(text)).isLocal == local)
    }

    /// Resolvers read a leading zero as octal: 0127.0.0.1 is 87.0.0.1, which is not this machine.
    @Test(arguments: ["0127.0.0.1:0", "127.0.0.01:0", "127.+0.0.1:0", "+127.0.0.1:0"])
    func `an address that resolvers read otherwise is not local`(_ text: String) {
        #expect(ListenAddress(text)?.isLocal != true)
    }
}
