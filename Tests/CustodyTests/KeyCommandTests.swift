import Custody
import Foundation
import Messaging
import Testing

/// Real programs, which hang, flood, fail and leave others behind.
@Suite(.timeLimit(.minutes(1)))
struct KeyCommandTests {
    private func run(
        _ arguments: String...,
        timeout: Int = 5000,
        environment: [String: String] = ["PATH": "/usr/bin:/bin"]
    ) throws -> Secret {
        try KeySource.command(KeyCommand(arguments, timeoutMilliseconds: timeout)).resolve(environment: environment)
    }

    @Test func `what a command prints is the key`() throws {
        #expect(try run("echo", "abc") == Secret("abc"))
        #expect(try run("/bin/echo", "abc") == Secret("abc"))
    }

    @Test func `no shell reads what it is told`() throws {
        #expect(try run("echo", "$HOME;id>x*") == Secret("$HOME;id>x*"))
    }

    @Test func `it has the environment of the gateway and nothing to read`() throws {
        let environment = ["PATH": "/usr/bin:/bin", "VAULT_ADDR": "somewhere"]
        #expect(try run("sh", "-c", "cat; echo $VAULT_ADDR", environment: environment) == Secret("somewhere"))
    }

    @Test func `one that isn't there can't be started`() {
        #expect(throws: KeySourceError.notStarted(command: "/nonexistent/vault")) { try run("/nonexistent/vault", "x") }
    }

    @Test func `one that fails is told by its program and status, whatever it printed`() {
        #expect(throws: KeySourceError.failed(command: "sh", status: "exit status 3")) {
            try run("sh", "-c", "echo abc; echo secret >&2; exit 3")
        }
        #expect(throws: KeySourceError.failed(command: "sh", status: "ended by signal 9")) {
            try run("sh", "-c", "echo abc; kill -9 $$")
        }
    }

    @Test func `one that takes too long is ended with all that it started`() throws {
        let file = FileManager.default.temporaryDirectory.path + "/pids-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        #expect(throws: KeySourceError.timedOut(command: "sh")) {
            try run("sh", "-c", "sleep 1000 & echo $! $$ > \(file); sleep 1000", timeout: 300)
        }
        let pids = try String(contentsOfFile: file, encoding: .utf8).split(whereSeparator: \.isWhitespace)
        #expect(pids.count == 2)
        for pid in pids {
            // It was told to end; when it is gone the system decides.
            while let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) {
                if state.contains(") Z") || state.contains(") X") { break }
            }
        }
    }

    @Test func `one has none of the descriptors that are open here`() throws {
        // One that whoever opened it forgot to keep from children.
        let descriptor = unsafe open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC == 0)
        let key = try run("sh", "-c", "test -e /proc/self/fd/\(descriptor) && echo open || echo closed")
        #expect(key == Secret("closed"))
    }

    @Test func `one that prints without end is ended`() {
        #expect(throws: KeySourceError.self) { try run("yes") }
    }

    @Test func `one that leaves a child with its output open doesn't hold the gateway up`() {
        #expect(throws: KeySourceError.timedOut(command: "sh")) {
            try run("sh", "-c", "echo abc; sleep 1000 &", timeout: 300)
        }
    }
}
