import Glibc
import HTTPWire
import Testing

/// Who a connection says is at its other end.
@Suite struct PeerTests {
    @Test func `a peer on the network has its address and nothing else`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect(sending: RawRequest.get("/peer"))
            #expect(try await client.response().text == "127.0.0.1|no user|no certificate")
            await client.close()
        }
    }

    @Test func `a peer behind a Unix socket has the user whom the system names`() async throws {
        try await withSocketPath { path in
            try await TestServer.run(on: .unix(path: path)) { server in
                let client = try await server.connect(sending: RawRequest.get("/peer"))
                #expect(try await client.response().text == "unix|\(getuid())|no certificate")
                await client.close()
            }
        }
    }

    @Test func `peers are the same when all that is known of them is`() {
        var user = Peer.unixSocket
        user.userID = 0
        #expect(user != .unixSocket)
        #expect(Peer.unixSocket.host == nil)
        #expect(Peer.tcp(host: "10.0.0.1", port: 1).host == "10.0.0.1")
        #expect(Peer.tcp(host: "10.0.0.1", port: 1) != Peer.tcp(host: "10.0.0.1", port: 2))
        var certified = Peer.tcp(host: "10.0.0.1", port: 1)
        certified.certificate = PeerCertificate(subject: "CN=billing", dnsNames: [], uris: [])
        #expect(certified != .tcp(host: "10.0.0.1", port: 1))
        #expect(certified.description == "10.0.0.1:1")
    }
}
