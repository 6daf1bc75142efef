import Foundation

/// One decoder under test. A check ends the process where what it promises is broken.
struct FuzzTarget: Sendable {
    let name: String
    let check: @Sendable ([UInt8]) -> Void

    init(_ name: String, _ check: @escaping @Sendable ([UInt8]) -> Void) {
        self.name = name
        self.check = check
    }

    static let all = [
        requestTargets, jsonTargets, divarTargets, fieldTargets, identifierTargets, trailTargets, configurationTargets,
        adminTargets, credentialTargets,
    ].flatMap(\.self)

    /// The one that `FUZZ_TARGET` names.
    static let chosen: FuzzTarget? = {
        let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"]
        return all.first { $0.name == name }
    }()

    /// Prints the names, for the script that runs them all.
    static func listAndExit() -> Never {
        for target in all { print(target.name) }
        exit(0)
    }
}

extension [UInt8] {
    /// The bytes as a text, with whatever is no UTF-8 replaced: most decoders take texts.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// A byte that says how the rest is used, and the rest.
    var led: (first: UInt8, rest: [UInt8]) { (first ?? 0, Array(dropFirst())) }
}
