"""A secret is in a process's memory once, and not at all when it is gone, also where the optimiser had its way."""

import re
import subprocess

import pytest

from processes import ROOT

#: Reads a secret, uses it in every way that leaves no copy, shows that it has it, and drops it.
PROGRAM = """
internal import Glibc

@main struct Program {
    static func main() {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = bytes.withUnsafeMutableBytes { read(0, $0.baseAddress, $0.count) }
        bytes.removeLast(bytes.count - count)
        var secret: Secret? = Secret(erasing: &bytes)
        var copies = [secret, secret]
        var sum = 0
        secret?.withExposedBytes { bytes in
            for index in bytes.indices { sum += Int(bytes[index]) }
        }
        tell("held \\(sum) \\(copies[0] == copies[1]) \\(String(describing: secret)) \\(secret == Secret("other"))")
        secret = nil
        copies = []
        tell("dropped")
    }

    static func tell(_ text: String) {
        print(text)
        fflush(nil)
        var answer: UInt8 = 0
        _ = read(0, &answer, 1)
    }
}
"""
SOURCES = [ROOT / "Sources/Messaging" / name for name in ("Secret.swift", "SecretBytes.swift")]


def occurrences(pid, data):
    """How often it stands in all that a process may read or write."""
    count = 0
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            start, end, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line).groups()
            if "rw" not in rights:
                continue
            memory.seek(int(start, 16))
            try:
                count += memory.read(int(end, 16) - int(start, 16)).count(data)
            except OSError:
                continue  # Such as the kernel's own pages.
    return count


@pytest.mark.parametrize("optimised", ["-Onone", "-O"])
def test_a_secret_is_in_memory_once_and_then_not_at_all(optimised, tmp_path):
    source, program = tmp_path / "Program.swift", tmp_path / "program"
    source.write_text(PROGRAM)
    built = subprocess.run(
        ["swiftc", optimised, "-wmo", "-parse-as-library", "-swift-version", "6", "-package-name", "tests",
         *map(str, SOURCES), str(source), "-o", str(program)],
        capture_output=True, text=True, timeout=300,
    )
    assert built.returncode == 0, built.stderr
    secret = b"a-secret-of-one-process-4711-dEv0uRs-9qK-tHe-nIgHt-wInD"
    running = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        running.stdin.write(secret)
        running.stdin.flush()
        told = running.stdout.readline().decode()
        assert told == f"held {sum(secret)} true Optional([redacted]) false\n"
        assert occurrences(running.pid, secret) == 1
        running.stdin.write(b"\n")
        running.stdin.flush()
        assert running.stdout.readline() == b"dropped\n"
        assert occurrences(running.pid, secret) == 0
        # Nor any larger part of it: an allocator writes into what it gets back, and only at the beginning.
        assert occurrences(running.pid, secret[16:]) == occurrences(running.pid, secret[-16:]) == 0
    finally:
        running.kill()
        running.communicate()
