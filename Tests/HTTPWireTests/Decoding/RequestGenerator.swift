import SeededCases

/// Makes requests of a grammar, and mends or breaks them a little.
struct RequestGenerator {
    private var random: SplitMix64
    /// One part in so many is an odd one; zero for requests that are all well-formed.
    private let oddity: Int

    init(number: Int, isWellFormed: Bool = false) {
        random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        oddity = isWellFormed ? 0 : [20, 80, 300][number % 3]
    }

    /// One to three requests in a row, perhaps with some bytes changed, and perhaps cut off.
    mutating func stream() -> [UInt8] {
        var bytes = (0...random.below(3)).flatMap { _ in request() }
        guard oddity > 0 else { return bytes }
        if random.chance(1, in: 4) {
            for _ in 0...random.below(2) { mutate(&bytes) }
        }
        if random.chance(1, in: 8) { bytes.removeLast(random.below(bytes.count)) }
        return bytes
    }

    /// Cuts bytes at random places: byte by byte, in a few pieces, or not at all.
    mutating func cut(_ bytes: [UInt8]) -> [[UInt8]] {
        let longest = [1, 3, 40, Int.max][random.below(4)]
        var parts: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(longest == .max ? rest.count : 1 + random.below(longest))
            parts.append(Array(part))
            rest = rest.dropFirst(part.count)
        }
        return parts
    }

    /// For messages: as a literal of Swift, with bytes beyond ASCII by their numbers.
    static func text(_ bytes: [UInt8]) -> String {
        bytes.map {
            $0 < 0x80 ? String(Character(Unicode.Scalar($0)).debugDescription.dropFirst().dropLast()) : "<\($0)>"
        }
        .joined()
    }

    // MARK: Requests

    private mutating func pick(_ usual: [String], odd: [String] = []) -> String {
        oddity > 0 && !odd.isEmpty && random.chance(1, in: oddity) ? random.element(of: odd) : random.element(of: usual)
    }

    private mutating func request() -> [UInt8] {
        let end = pick(["\r\n"], odd: ["\n", "\r", "\r\r\n", "\n\r\n"])
        let space = pick([" "], odd: ["  ", "\t", " \t", ""])
        var text = pick(["", "", "", "\r\n"], odd: ["\n", "\r\n\r\n", " ", "\r"])
        text += pick(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"], odd: Self.oddMethods)
        text +=
            space
            + pick(["/", "/send", "/a/b?c=d", "/%20?x", "http://a/b", "/a:b@c", "HTTP://A?b"], odd: Self.oddTargets)
        text += pick([" "], odd: ["  ", "\t"]) + pick(["HTTP/1.1"], odd: Self.oddVersions) + end
        var lines = (0..<random.below(5)).map { _ in field() }
        lines.insert("Host" + pick([":", ": "]) + pick(["a"], odd: ["b", "a:80", "a b", "", "[::1]"]), at: 0)
        let (framing, body) = content()
        if !framing.isEmpty { lines.insert(framing, at: random.below(lines.count + 1)) }
        if oddity > 0, random.chance(1, in: oddity * 2) { lines.append(random.element(of: lines)) }
        for line in lines { text += line + pick(["\r\n"], odd: ["\n", "\r", "\r\n ", "\r\n\t", " \r\n", "\r\n\r\n"]) }
        return Array((text + end + body).utf8)
    }

    private mutating func field() -> String {
        let name = pick(
            ["Authorization", "x-access-token", "TRACEPARENT", "Content-Type", "X-Other", "Accept", "Prefer", "te"],
            odd: ["", " A", "A ", "A\t", "(", "A\u{0}", "ø", "Expect", "Content-Length", "Trailer", "A\u{B}"]
        )
        let value = pick(
            ["a", "Bearer x", "a, b", "", "x y\tz", "سلام", "respond-async"],
            odd: ["a\u{0}b", "a\u{7F}", "a\rb", "a\nb", "\u{1}", "100-continue", "5"]
        )
        if random.chance(1, in: 8) {
            let options = [
                "close", "keep-alive", "x, close", "Close , y", "closed", "\"close\"", "te,keep-alive", ",,close",
            ]
            return "Connection: " + pick(options)
        }
        return name + pick([":", ": ", ":\t", ":   "], odd: [" :", "", "::"]) + value + pick(["", "", " ", "\t "])
    }

    // MARK: Bodies

    /// The line that says how the body ends, and the body.
    private mutating func content() -> (line: String, body: String) {
        let text = pick(["", "a", "hello", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n", "0\r\n\r\n"])
        switch random.below(4) {
        case 0: return ("", "")
        case 1:
            let length = text.utf8.count
            let odd = [
                "+\(length)", "-1", "\(length), \(length)", "0x5", "\(length)a", "", "99999999999999999999", "1 1",
            ]
            let usual = ["\(length)", "0\(length)"] + (oddity > 0 ? ["\(length)\r\nX: y", "\(length) "] : [])
            return ("Content-Length:" + pick([" ", ""]) + pick(usual, odd: odd + ["\(length + 1)"]), text)
        default:
            let coding = pick(["chunked", "Chunked", "CHUNKED"], odd: Self.oddCodings)
            let line = pick(["Transfer-Encoding: "], odd: ["Transfer-Encoding:", "Transfer-Encoding:\t"]) + coding
            return (line, chunked(text))
        }
    }

    private mutating func chunked(_ text: String) -> String {
        var body = ""
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let part = rest.prefix(1 + random.below(rest.count))
            rest = rest.dropFirst(part.count)
            let size = String(part.count, radix: 16, uppercase: random.chance(1, in: 2))
            body += pick(["", "0", "00"], odd: ["+", "-", " ", "0x", "00000000000000000", "1"]) + size
            body += pick(["", "", ";a", ";a=b", ";a=\"b c\"", ";a;b=c"], odd: Self.oddExtensions)
            body += pick(["\r\n"], odd: ["\n", "\r", " \r\n"]) + String(decoding: part, as: UTF8.self)
            body += pick(["\r\n"], odd: ["\n", "\r", "", "\r\n\r\n", "x\r\n"])
        }
        body +=
            pick(["0", "0", "000"], odd: ["", "0 ", "-0", "0x0"]) + pick(["\r\n"], odd: ["\n", ";x\r\n", "\r\n\r\n"])
        for _ in 0..<(random.chance(1, in: 3) ? random.below(3) : 0) { body += trailer() }
        return body + pick(["\r\n"], odd: ["\n", "\r"])
    }

    private mutating func trailer() -> String {
        pick(
            ["X-Trailer: y\r\n", "Authorization: z\r\n", "Expires:\r\n"],
            odd: [
                "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "x\r\n", " a: b\r\n",
                "a: b\n",
            ]
        )
    }

    // MARK: Changes

    private mutating func mutate(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = random.below(bytes.count)
        let noise = Array("\r\n \t:;,\"=0aA/\u{0}\u{7F}".utf8) + [0x80, 0xFF]
        switch random.below(6) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(random.element(of: noise), at: place)
        case 2: bytes[place] = random.element(of: noise)
        case 3: bytes[place] ^= 1 << UInt8(random.below(8))
        case 4: bytes.insert(bytes[place], at: place)
        default: bytes.swapAt(place, random.below(bytes.count))
        }
    }

    private static let oddMethods = [
        "get", "TRACE", "CONNECT", "PROPFIND", "", "G@T", "GÉT", "GETGETGETGETGETGET", "PRI",
    ]
    private static let oddTargets = [
        "*", "a:80", "", "/a b", "/\u{0}", "/ø", "/a#b", "ftp://a/", "http://b/", "http:///", "//a/b", "/..", "/%zz",
        "/\\",
        "/{a}", "http://a@b/", "?a",
    ]
    private static let oddVersions = [
        "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.", "HTTP/11.1", "", "HTTP/1.1 ",
        "HTTP /1.1",
    ]
    private static let oddCodings = [
        "gzip", "gzip, chunked", "chunked, chunked", "xchunked", "chunked;a=b", "chunked ", "chunked\t", "identity",
        "chunked,", ",chunked", "\"chunked\"", "chun ked", "\u{B}chunked",
    ]
    private static let oddExtensions = [
        ";", ";;", "; a", ";a=", ";a=\"", ";a=\"b\\\"\"", " ;a", ";a =b", ";a\u{0}", ";a=\"\n\"", ";a=\u{1}", ";ø",
        ";a=ø",
        ";a=\"ø\"", ";a=b c",
    ]
}
