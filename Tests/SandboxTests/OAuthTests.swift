import HTTPWire
import StrictJSON
import Testing

@testable import Sandbox

@Suite struct OAuthTests {
    static let script = #"""
        {"tokens":[{"token":"a-0","user":"sandbox-user","scopes":["*"],"expires_in":3600,"refresh_token":"r-0"}]}
        """#

    func renew(
        _ token: String,
        in bench: inout SandboxBench,
        secret: String = "sandbox-client-secret",
        grant: String = "refresh_token"
    ) throws -> SandboxBench.Answer {
        var fields = RequestFields()
        fields.add(.contentType, "application/x-www-form-urlencoded")
        let body =
            "grant_type=\(grant)&refresh_token=\(token)&client_id=sandbox-client&client_secret=\(secret)"
            + "&redirect_uri=https%3A%2F%2Fservice.invalid%2Fdivar"
        return try SandboxBench.answer(bench.reply("POST", "/oauth2/token", fields, Array(body.utf8)))
    }

    @Test func `both tokens are replaced, and the old ones work for two minutes more`() throws {
        var bench = try SandboxBench(OAuthTests.script)
        let first = try renew("r-0", in: &bench)
        let access = try #require(first.json["access_token"]?.stringValue)
        let refresh = try #require(first.json["refresh_token"]?.stringValue)
        #expect(first.status == 200 && first.json["expires_in"]?.integerValue == 3600)
        #expect(try bench.get(SandboxBench.readPath, token: access).status == 200)
        bench.pass(seconds: 119)
        #expect(try bench.get(SandboxBench.readPath, token: "a-0").status == 200)
        #expect(try renew("r-0", in: &bench).status == 200)
        bench.pass(seconds: 1)
        #expect(try bench.get(SandboxBench.readPath, token: "a-0").status == 401)
        let late = try renew("r-0", in: &bench)
        #expect(late.status == 400 && late.json["error"]?.stringValue == "invalid_grant")
        #expect(try renew(refresh, in: &bench).status == 200)
    }

    @Test func `a refresh token ends after thirty days, and when it is revoked`() throws {
        var bench = try SandboxBench(OAuthTests.script)
        let given = try #require(try renew("r-0", in: &bench).json["refresh_token"]?.stringValue)
        #expect(try bench.control("DELETE", "/tokens/r-0").status == 200)
        #expect(try renew("r-0", in: &bench).json["error"]?.stringValue == "invalid_grant")
        bench.pass(seconds: 30 * 86_400)
        #expect(try renew(given, in: &bench).json["error"]?.stringValue == "invalid_grant")
    }

    @Test func `whoever is not the client, or asks for something else, is refused as RFC 6749 has it`() throws {
        var bench = try SandboxBench(OAuthTests.script)
        let stranger = try renew("r-0", in: &bench, secret: "guessed")
        #expect(stranger.status == 401 && stranger.json["error"]?.stringValue == "invalid_client")
        let other = try renew("r-0", in: &bench, grant: "password")
        #expect(other.json["error"]?.stringValue == "unsupported_grant_type")
        #expect(try bench.control("POST", "/oauth", #"{"grace_seconds":0}"#).status == 200)
        #expect(try renew("r-0", in: &bench).status == 200)
        #expect(try renew("r-0", in: &bench).json["error"]?.stringValue == "invalid_grant")
    }
}
