/// How much of anything the sandbox takes, keeps and waits.
enum SandboxLimits {
    // What it takes.
    static let bodyBytes = 1024 * 1024
    /// A video of 50 MiB with the multipart framing around it.
    static let uploadBodyBytes = 51 * 1024 * 1024
    static let scriptBytes = 4 * 1024 * 1024
    static let buttonRows = 3
    static let buttonsInRow = 3
    /// RFC 2046 section 5.1.1 has 70.
    static let multipartBoundaryBytes = 70
    static let multipartParts = 16
    static let multipartHeaderBytes = 8 * 1024
    /// What a script or a control call says in one string, unless another limit is named.
    static let nameBytes = 4096

    // What it keeps. Where more comes, the oldest goes.
    static let conversations = 10_000
    static let messagesInConversation = 1_000
    static let ledgerEntries = 100_000
    static let recentRequests = 1_000
    static let recordedBodyBytes = 64 * 1024
    static let uploadTokens = 10_000
    static let media = 10_000

    // What it keeps. Where more comes, the call that brings it is refused.
    static let keys = 1_000
    static let tokens = 10_000
    static let blockedRecipients = 10_000
    static let faults = 1_000
    /// Apps whose use is counted; beyond it, counting starts anew.
    static let meteredApps = 1_000

    // What it waits.
    static let uploadTokenSeconds = 3600
    static let latencyMilliseconds = 300_000
    static let neverAnswerMilliseconds = 60_000
    static let refusalMilliseconds = 600_000
    static let refreshTokenSeconds = 30 * 86_400
    /// Ten years, so that a time added to any clock's stays a time.
    static let tokenSeconds = 315_360_000

    // What its faults bring.
    static let faultTimes = 1_000_000
    static let redirectLocationBytes = 2048
    static let faultMessageBytes = 64 * 1024
    /// More than the 4 MiB that a careful client reads of an answer.
    static let hugeBodyBytes = 5 * 1024 * 1024
    /// The highest limit per minute or day that can be set.
    static let meterLimit = 1_000_000_000
}
