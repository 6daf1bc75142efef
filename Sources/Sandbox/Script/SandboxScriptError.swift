/// Everything that is wrong with a script, each problem with its place.
package struct SandboxScriptError: Error, Sendable, Hashable {
    package let problems: [String]
}
