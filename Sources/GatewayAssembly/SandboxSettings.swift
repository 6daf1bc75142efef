/// How a simulated Divar is to be started, in the words of the command line.
package struct SandboxSettings: Sendable {
    package var listen: String
    package var scriptPath: String?
    package var contract: String?

    package init(listen: String, scriptPath: String?, contract: String?) {
        self.listen = listen
        self.scriptPath = scriptPath
        self.contract = contract
    }
}
