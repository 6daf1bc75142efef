internal import ArgumentParser

/// For those who look for a bug with keys that matter to nobody.
struct DumpOptions: ParsableArguments {
    static let name = "allow-core-dumps"

    // Read by `DivarGateway.main`, before anything else.
    @Flag(
        name: .customLong(DumpOptions.name),
        help: "Lets a crash write core files and backtraces, which hold keys and messages. For debugging only."
    )
    var isAllowed = false
}
