package import DivarAPI
private import FoundationEssentials

/// How a sandbox begins, and by which clock it lives.
package struct SandboxOptions: Sendable {
    /// What a newcomer needs to call it, unless a script says otherwise.
    package static let defaultKey = SandboxDefaults.key
    package static let defaultUserToken = SandboxDefaults.userToken
    package static let defaultConversation = SandboxDefaults.conversation

    package var script: SandboxScript
    /// Gives the time of now.
    package var clock: @Sendable () -> SandboxTime = SandboxOptions.systemClock

    /// A world with the defaults.
    package init() {
        script = SandboxScript()
    }

    /// A world that begins as a script in JSON says.
    package init(script: [UInt8]) throws(SandboxScriptError) {
        self.script = try SandboxScript(parsing: script)
    }

    /// The contract that holds at the beginning; what the script said unless it is set here.
    package var contract: Contract {
        get { script.contract }
        set { script.contract = newValue }
    }

    private static let systemClock: @Sendable () -> SandboxTime = {
        SandboxTime(microsecondsSince1970: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}
