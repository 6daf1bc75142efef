import DivarAPI
import HTTPWire
import Messaging
import StrictJSON
import Testing

@testable import Sandbox

@Suite struct UploadTests {
    private static func form(_ filename: String?, _ content: [UInt8], field: String = "file") -> [UInt8] {
        let name = filename.map { #"; filename="\#($0)""# } ?? ""
        return Array("--XX\r\nContent-Disposition: form-data; name=\"\(field)\"\(name)\r\n\r\n".utf8)
            + content + Array("\r\n--XX--\r\n".utf8)
    }

    private static func upload(
        _ bench: inout SandboxBench,
        _ kind: String,
        token: String?,
        _ body: [UInt8],
        type: String? = "multipart/form-data; boundary=XX"
    ) throws -> SandboxBench.Answer {
        var fields = RequestFields()
        if let token { fields.add(.authorization, "Bearer \(token)") }
        if let type { fields.add(.contentType, type) }
        return try SandboxBench.answer(bench.reply("POST", "/upload/\(kind)", fields, body))
    }

    private static func token(_ bench: inout SandboxBench) throws -> String {
        try #require(try bench.post(SandboxBench.uploadTokenPath, "{}").json["token"]?.stringValue)
    }

    @Test(arguments: MediaKind.allCases)
    func `a file goes up, into a message and comes back as its type`(kind: MediaKind) throws {
        var bench = try SandboxBench(#"{"accept_any_media":false,"return_media":true}"#)
        for fileExtension in kind.extensions + [kind.extensions[0].uppercased()] {
            let token = try UploadTests.token(&bench)
            let answer = try UploadTests.upload(
                &bench, kind.rawValue, token: token, UploadTests.form("a.b.\(fileExtension)", [1, 2, 3]))
            #expect(answer.status == 200)
            #expect(answer.json["status"]?.stringValue == "ok")
            let media = try #require(answer.json["id"]?.stringValue)
            let sent = try bench.post(SandboxBench.conversationPath, #"{"media_token":"\#(media)"}"#)
            #expect(sent.status == 200)
        }
        let read = try bench.get(SandboxBench.readPath, token: "sandbox-user-token")
        let message = try #require(read.json["messages"]?.arrayValue?.last)
        #expect(message["type"]?.stringValue == kind.messageType)
        #expect(message["\(kind.rawValue)_data"]?["size_bytes"]?.stringValue == "3")
        #expect((message["file_data"]?["name"] != nil) == (kind == .file))
    }

    @Test func `an upload token works once`() throws {
        var bench = try SandboxBench()
        let token = try UploadTests.token(&bench)
        let form = UploadTests.form("a.png", [1])
        #expect(try UploadTests.upload(&bench, "image", token: token, form).status == 200)
        let second = try UploadTests.upload(&bench, "image", token: token, form)
        #expect(second.status == 401)
        #expect(second.code == 16)
    }

    @Test func `an upload token lives an hour`() throws {
        var bench = try SandboxBench()
        let (first, second) = (try UploadTests.token(&bench), try UploadTests.token(&bench))
        let form = UploadTests.form("a.png", [1])
        bench.pass(seconds: 3599)
        #expect(try UploadTests.upload(&bench, "image", token: first, form).status == 200)
        bench.pass(seconds: 1)
        #expect(try UploadTests.upload(&bench, "image", token: second, form).status == 401)
    }

    @Test(arguments: [nil, "other", "sandbox-user-token", "sandbox-divar-key"] as [String?])
    func `nothing else opens the upload host`(token: String?) throws {
        var bench = try SandboxBench()
        let answer = try UploadTests.upload(&bench, "image", token: token, UploadTests.form("a.png", [1]))
        #expect(answer.status == 401)
        #expect(answer.code == 16)
    }

    @Test(arguments: [
        ("image", "a.pdf"), ("image", "png"), ("image", "a.png.exe"), ("file", "a.png"), ("voice", "a.mp3"),
        ("video", "a.mov"), ("image", "a."), ("image", ""),
    ])
    func `a file of another kind is 400 and costs no token`(kind: String, filename: String) throws {
        var bench = try SandboxBench()
        let token = try UploadTests.token(&bench)
        let answer = try UploadTests.upload(&bench, kind, token: token, UploadTests.form(filename, [1]))
        #expect(answer.status == 400)
        #expect(answer.code == 3)
        #expect(try UploadTests.upload(&bench, "image", token: token, UploadTests.form("a.png", [1])).status == 200)
    }

    @Test(
        arguments: [
            (.image, 5 * 1024 * 1024), (.file, 5 * 1024 * 1024), (.voice, 1_572_864), (.video, 50 * 1024 * 1024),
        ] as [(MediaKind, Int)])
    func `each kind has its size`(kind: MediaKind, bytes: Int) throws {
        #expect(kind.maximumBytes == bytes)
        // A whole video is more than a test needs.
        guard kind != .video else { return }
        var bench = try SandboxBench()
        let token = try UploadTests.token(&bench)
        let filename = "a.\(kind.extensions[0])"
        let larger = [UInt8](repeating: 13, count: bytes + 1)
        let answer = try UploadTests.upload(&bench, kind.rawValue, token: token, UploadTests.form(filename, larger))
        #expect(answer.status == 413)
        #expect(answer.code == 3)
        let most = Array(larger.dropFirst())
        #expect(
            try UploadTests.upload(&bench, kind.rawValue, token: token, UploadTests.form(filename, most)).status == 200)
    }

    @Test func `a form without its file is 400`() throws {
        var bench = try SandboxBench()
        let token = try UploadTests.token(&bench)
        let forms = [
            UploadTests.form(nil, [1]), UploadTests.form("a.png", []), UploadTests.form("a.png", [1], field: "other"),
            Array("{}".utf8), [],
        ]
        for form in forms {
            let answer = try UploadTests.upload(&bench, "image", token: token, form)
            #expect(answer.status == 400)
            #expect(answer.code == 3)
        }
        let good = UploadTests.form("a.png", [1])
        #expect(try UploadTests.upload(&bench, "image", token: token, good, type: nil).status == 400)
        #expect(try UploadTests.upload(&bench, "image", token: token, good, type: "image/png").status == 400)
    }

    @Test func `faults and counters know the upload host by its name`() throws {
        var bench = try SandboxBench(#"{"faults":[{"kind":"status","status":503,"endpoint":"upload","times":1}]}"#)
        let token = try UploadTests.token(&bench)
        let form = UploadTests.form("a.png", [1])
        #expect(try UploadTests.upload(&bench, "image", token: token, form).status == 503)
        #expect(try UploadTests.upload(&bench, "image", token: token, form).status == 200)
        let received = try bench.control("GET", "/requests").json["received"]
        #expect(received?["upload"]?.integerValue == 2)
    }

    @Test func `the oldest tokens and files go`() {
        let now = SandboxTime(microsecondsSince1970: 0)
        var store = MediaStore()
        for number in 0...SandboxLimits.uploadTokens { store.grant("t\(number)", at: now) }
        #expect(!store.admits("t0", at: now) && store.admits("t1", at: now))
        let file = StoredMedia(kind: .image, filename: "a.png", bytes: 1)
        for number in 0...SandboxLimits.media { store.keep(file, as: "m\(number)", using: "t\(number)") }
        #expect(store["m0"] == nil && store["m1"] == file)
        #expect(!store.admits("t1", at: now))
    }
}
