import Custody
import Delivery
import HTTPWire
import Messaging
import NIOCore

@testable import GatewayAssembly

let configurationTargets = [
    FuzzTarget("configuration", checkConfiguration),
    FuzzTarget("callers-file", checkCallersFile),
]

/// A configuration that was accepted admits nobody by accident and hands out no more than there is; one that was
/// refused says why, and on which line of the file.
private func checkConfiguration(_ bytes: [UInt8]) {
    guard let yaml = String(validating: bytes, as: UTF8.self) else { return }
    let configuration: Configuration
    do {
        configuration = try ConfigurationReader.read(yaml: yaml)
    } catch {
        require(!error.problems.isEmpty, "a refusal says why")
        for problem in error.problems {
            require(!problem.message.isEmpty, "in words")
            require(
                problem.line.map { $0 >= 1 && $0 <= yaml.unicodeScalars.count + 1 } ?? true, "a line is of the file")
            require(!problem.description.unicodeScalars.contains { $0.value < 0x20 }, "what is printed moves no cursor")
        }
        return
    }
    let apps = configuration.apps
    require(!apps.isEmpty && apps.values.allSatisfy { !$0.isEmpty }, "every app has a key")
    check(configuration.callers, of: configuration)
    if configuration.callers.isEmpty, configuration.callersFile == nil {
        require(configuration.listen.allSatisfy(\.address.isLocal), "without callers nobody else comes near")
        require(configuration.localApp.map { apps[$0] != nil } ?? false, "and calls are for an app that exists")
    }
    require(!configuration.listen.isEmpty, "somebody can call")
    for quota in configuration.quotas.values {
        let reserved = quota.shares.values.reduce(0) { $0 + $1.reserve }
        require(quota.perMinute.map { reserved <= $0 } ?? true, "no more is reserved than there is")
    }
    let limits = configuration.serverLimits
    require(limits.connections > 0 && limits.headerBytes > 0 && limits.headerFields > 0, "limits let something through")
    require(configuration.upstream.deadline.nanoseconds > 0, "a call has time")
}

/// Callers of a file are held to the same as those of the configuration, and reading the file again changes nothing.
private func checkCallersFile(_ bytes: [UInt8]) {
    guard let yaml = String(validating: bytes, as: UTF8.self) else { return }
    guard let base = try? ConfigurationReader.read(yaml: "apps: {default: {keys: [env: K], quota: {per_minute: 60}}}")
    else { return require(false, "a small configuration is one") }
    guard let merged = try? CallersFile.merged(yaml, of: "callers.yaml", into: base) else { return }
    check(merged.fileCallers, of: merged)
    guard let again = try? CallersFile.merged(yaml, of: "callers.yaml", into: merged) else {
        return require(false, "what was read can be read again")
    }
    require(again.fileCallers == merged.fileCallers, "and says the same")
    require(again.quotas == merged.quotas, "and reserves the same")
}

private func check(_ callers: [CallerEntry], of configuration: Configuration) {
    require(callers.allSatisfy { configuration.apps[$0.app] != nil }, "every caller has an app")
    require(callers.allSatisfy { !$0.permissions.isEmpty }, "every caller may do something")
    require(Set(callers.map(\.name)).count == callers.count, "no two callers have one name")
}
