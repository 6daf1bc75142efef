internal import ArgumentParser
internal import GatewayAssembly

/// What can be said of a new key.
struct CallerKeyOptions: ParsableArguments {
    @Option(name: .long, help: "When the key expires: a day, a time or how long from now on, such as 90d.")
    var expires: String?

    @Option(name: .long, help: "What to call the key.")
    var keyName: String?

    var newKey: NewCallerKey { NewCallerKey(expires: expires, name: keyName) }
}
