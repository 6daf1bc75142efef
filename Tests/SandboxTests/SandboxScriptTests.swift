import DivarAPI
import HTTPWire
import Messaging
import StrictJSON
import Testing

@testable import Sandbox

@Suite struct SandboxScriptTests {
    private static func problems(_ script: String) -> [String] {
        do throws(SandboxScriptError) {
            _ = try SandboxScript(parsing: Array(script.utf8))
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `a whole script is read`() throws {
        let script = try SandboxScript(
            parsing: Array(
                """
                {"seed": 42, "contract": "2025-12",
                 "keys": [{"key": "k", "app": "shop", "permissions": ["CHAT_UPLOAD_MEDIA"]}],
                 "tokens": [{"token": "t", "user": "u", "scopes": ["A", "B"], "expires_in": 60}],
                 "conversations": [{"id": "c", "type": "BOT", "messages": [{"text": "hi"}]}],
                 "blocked": [{"user_id": "u"}, {"conversation_id": "c"}],
                 "limits": {"per_minute": 10, "per_day": null},
                 "faults": [{"kind": "latency", "milliseconds": 1, "times": 2, "probability": 1e-1, "when": "after"}],
                 "return_media": true, "accept_any_media": false}
                """.utf8))
        #expect(script.seed == 42)
        #expect(script.contract == .december2025)
        #expect(script.keys == [SandboxKey(key: "k", app: "shop", permissions: ["CHAT_UPLOAD_MEDIA"])])
        #expect(script.tokens == [SandboxToken(token: "t", user: "u", scopes: ["A", "B"], lifeSeconds: 60)])
        #expect(
            script.conversations
                == [ScriptedConversation(id: "c", kind: .bot, postToken: nil, texts: [BuyersText(text: "hi")])])
        #expect(script.blocked == [.user("u"), .conversation("c")])
        #expect(script.limits == UsageLimits(perMinute: 10, perDay: nil))
        #expect(
            script.faults
                == [
                    Fault(
                        effect: .latency(milliseconds: 1), endpoint: nil, times: 2, probability: 0.1, moment: .after)
                ])
        #expect(script.returnsMedia && !script.acceptsAnyMedia)
    }

    @Test func `an empty script is a newcomer's world`() throws {
        let script = try SandboxScript(parsing: Array("{}".utf8))
        let options = SandboxOptions()
        #expect(script.keys == options.script.keys)
        #expect(script.keys.first?.key == SandboxOptions.defaultKey)
        #expect(script.tokens.first?.token == SandboxOptions.defaultUserToken)
        #expect(script.tokens.first?.lifeSeconds == nil)
        #expect(script.conversations.first?.id == SandboxOptions.defaultConversation)
        #expect(script.contract == .august2026 && script.seed == 1)
        #expect(script.limits == UsageLimits() && script.faults.isEmpty && script.blocked.isEmpty)
        #expect(!script.returnsMedia && script.acceptsAnyMedia)
    }

    @Test func `what a script lists stands instead of the default`() throws {
        var bench = try SandboxBench(#"{"keys":[{"key":"mine"}],"tokens":[],"conversations":[]}"#)
        #expect(try bench.send().status == 401)
        bench.key = "mine"
        #expect(try bench.send().status == 404)
        #expect(try bench.get(SandboxBench.readPath, token: "sandbox-user-token").status == 401)
    }

    @Test func `options carry a script and a contract`() throws {
        var options = try SandboxOptions(script: Array(#"{"contract":"2025-12"}"#.utf8))
        #expect(options.contract == .december2025)
        options.contract = .august2026
        #expect(options.script.contract == .august2026)
        #expect(throws: SandboxScriptError.self) { try SandboxOptions(script: Array("[]".utf8)) }
    }

    @Test func `everything that is wrong is said at once`() {
        let found = SandboxScriptTests.problems(
            """
            {"sead": 1, "seed": -1, "contract": "2027-01", "keys": [{"app": "a b", "permissions": ["NOPE"]}],
             "faults": [{"kind": "latency"}, {"kind": "route-gone", "when": "after"}, {"kind": "nope"}, 1,
                        {"kind": "edge-html", "status": 100, "probability": 2, "times": 0, "endpoint": "v9"}],
             "limits": {"per_hour": 1, "per_day": "many"}, "return_media": "yes"}
            """)
        let places = [
            "sead is not known", "seed must be", "contract must be one of: 2025-12, 2026-08", "keys[0].key is required",
            "keys[0].app must be", "keys[0].permissions has \"NOPE\"", "faults[0].milliseconds is required",
            "faults[1].when is not known", "faults[1].endpoint is required", "faults[2].kind must be one of: latency",
            "faults[3] must be an object, not a number", "faults[4].status must be", "faults[4].probability must be",
            "faults[4].times must be", "faults[4].endpoint must be one of: v1.bot.conversation",
            "limits.per_hour is not known", "limits.per_day must be", "return_media must be true or false",
        ]
        for place in places { #expect(found.contains { $0.hasPrefix(place) }, "\(place) is not in \(found)") }
        #expect(found.count == places.count)
    }

    @Test(arguments: [
        ("", "the script is not JSON"), ("{", "the script is not JSON"), ("[]", "it must be an object"),
        (#"{"seed":1,"seed":2}"#, "seed stands twice"), (#"{"seed":1.5}"#, "seed must be a whole number"),
        (#"{"keys":{}}"#, "keys must be an array"), (#"{"keys":[{"key":""}]}"#, "keys[0].key must have 1 to"),
        (#"{"keys":[{"key":"k"},{"key":"k"}]}"#, "keys[1] has the same name"),
        (#"{"keys":[{"key":"k","permissions":[1]}]}"#, "keys[0].permissions must be an array of strings"),
        (#"{"tokens":[{"token":"t","user":"u"}]}"#, "tokens[0].scopes is required"),
        (#"{"tokens":[{"token":"t t","user":"u","scopes":[]}]}"#, "tokens[0].token must be visible ASCII"),
        (#"{"tokens":[{"token":"t","user":"u!","scopes":[]}]}"#, "tokens[0].user must be 1 to 128"),
        (#"{"tokens":[{"token":"t","user":"u","scopes":[],"expires_in":-1}]}"#, "tokens[0].expires_in must be"),
        (#"{"conversations":[{"id":".."}]}"#, "conversations[0].id must be"),
        (#"{"conversations":[{"id":"c","type":"CHAT"}]}"#, "conversations[0].type must be one of: POST, BOT"),
        (#"{"conversations":[{"id":"c","post_token":"a b"}]}"#, "conversations[0].post_token must be"),
        (#"{"conversations":[{"id":"c","messages":["x"]}]}"#, "conversations[0].messages[0] must be an object"),
        (#"{"blocked":[{}]}"#, "blocked[0] must have exactly one of"),
        (#"{"blocked":[{"user_id":"u","conversation_id":"c"}]}"#, "blocked[0] must have exactly one of"),
        (#"{"faults":[{}]}"#, "faults[0].kind is required"),
        (#"{"faults":[{"kind":"latency","milliseconds":300001}]}"#, "faults[0].milliseconds must be"),
        (#"{"faults":[{"kind":"never-answer","milliseconds":1}]}"#, "faults[0].milliseconds is not known"),
        (#"{"faults":[{"kind":"edge-html","status":204}]}"#, "faults[0].status must be one that"),
        (#"{"faults":[{"kind":"redirect","location":"a\r\nb"}]}"#, "faults[0].location must be visible"),
        (#"{"faults":[{"kind":"status"}]}"#, "faults[0].status is required"),
        (#"{"faults":[{"kind":"status","status":500,"code":17}]}"#, "faults[0].code must be"),
        (#"{"faults":[{"kind":"refuse-connections"}]}"#, "faults[0].duration_ms is required"),
        (#"{"faults":[{"kind":"latency","milliseconds":1,"when":"later"}]}"#, "faults[0].when must be one of"),
    ])
    func `a script that is wrong says where`(script: String, problem: String) throws {
        let found = SandboxScriptTests.problems(script)
        #expect(found.count == 1 && found.first?.hasPrefix(problem) == true, "\(found)")
    }

    @Test func `no problem repeats a key or a token`() {
        let found = SandboxScriptTests.problems(
            #"{"keys":[{"key":"s3cret"},{"key":"s3cret"}],"tokens":[{"token":"s3cret x","user":"u","scopes":[]}]}"#)
        #expect(found.count == 2)
        #expect(!found.contains { $0.contains("s3cret") })
    }

    @Test func `a script has a size`() {
        let padding = String(repeating: " ", count: SandboxLimits.scriptBytes)
        #expect(SandboxScriptTests.problems(padding + "{}").first?.contains("larger than") == true)
    }
}
