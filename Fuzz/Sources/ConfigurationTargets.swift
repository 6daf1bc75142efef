import Delivery
import HTTPWire
import Messaging
import NIOCore

@testable import GatewayAssembly

let configurationTargets = [FuzzTarget("configuration", checkConfiguration)]

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
    require(configuration.callers.values.allSatisfy { apps[$0.app] != nil }, "every caller has an app")
    require(configuration.callers.values.allSatisfy { !$0.permissions.isEmpty }, "every caller may do something")
    if configuration.callers.isEmpty {
        require(configuration.listen.allSatisfy(\.isLocal), "without callers nobody else comes near")
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
