// swift-tools-version: 6.2
import PackageDescription

// The decoders of untrusted bytes under libFuzzer. A package of its own, because everything in it is compiled anew with
// coverage counters: of the rooms only what decodes (`Rooms` holds links to them), and of the dependencies only what
// that needs. So it takes a minute or two where the whole gateway would take ten. `make fuzz` builds and runs it.

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A room, or the part of it that is named.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], only sources: [String]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, path: "Rooms/\(name)", sources: sources)
}

let package = Package(
    name: "Fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        room("StrictJSON"),
        room("Messaging", ["StrictJSON"]),
        room("DivarAPI", ["Messaging", "StrictJSON"]),
        room("Delivery", ["Messaging", "DivarAPI"]),
        room("ConversationCache", ["Messaging", nioCore]),
        room(
            "HTTPWire", ["Messaging", nioCore],
            only: [
                "Authority.swift", "Message", "Server/Decoding", "Server/ListenAddress.swift",
                "Server/ServerLimits.swift", "Server/TLS/CertificateSubject.swift", "Server/TLS/DERReader.swift",
                "Server/TLS/ListenerTLSSettings.swift", "Upstream/EgressGuard.swift", "Upstream/Origin.swift",
                "Upstream/UpstreamLimits.swift",
            ]
        ),
        room("CLinuxProcess"),
        room("Custody", ["CLinuxProcess", "Messaging", "StrictJSON", crypto]),
        room("Journal", ["Messaging", "StrictJSON", crypto]),
        room("AuditReport", ["Journal", "Messaging", "StrictJSON"]),
        room(
            "InternalAPI", ["Messaging", "StrictJSON", "HTTPWire"],
            only: [
                "AnswerBody.swift", "ButtonGridReader.swift", "ConversationBody.swift", "EntityTagCondition.swift",
                "LinkRule.swift", "MemberReader.swift",
                "MessageLimits.swift", "Preferences.swift", "Readiness.swift", "RequestTimeout.swift", "Route.swift",
                "SendBody.swift",
                "SendBodyReader.swift", "ViolationList.swift",
            ]
        ),
        room(
            "Egress", ["Messaging", "HTTPWire", "InternalAPI", "Journal", "StrictJSON", nioCore],
            only: ["Events/EventSettings.swift", "Queue/QueuedContent.swift", "ReadRecording.swift"]
        ),
        room(
            "AdminPlane", ["AuditReport", "HTTPWire", "Journal", "Messaging", crypto],
            only: [
                "Access/AdminOperator.swift", "Access/AdminRight.swift", "Access/AdminSessions.swift",
                "Access/PageGuard.swift", "Access/SessionCookie.swift", "Routes/AdminRoute.swift",
                "Routes/FormFields.swift", "Routes/TrailQuery.swift", "Routes/TrailQueryProblem.swift",
            ]
        ),
        room(
            "GatewayAssembly",
            [
                "Messaging", "DivarAPI", "Delivery", "ConversationCache", "HTTPWire", "Custody", "Journal",
                "InternalAPI", "Egress", "AdminPlane", nioCore, logging, yams,
            ],
            only: [
                "Admin/AdminKeyEntry.swift", "Admin/AdminSettings.swift", "Configuration", "Callers/CallersFile.swift",
                "Callers/CallerTime.swift", "Callers/FileStamp.swift",
                "Callers/SystemUser.swift", "Listeners/Listener.swift", "Reload/ConfigurationValues.swift",
            ]
        ),
        .executableTarget(
            name: "Fuzzing",
            dependencies: [
                "StrictJSON", "Messaging", "DivarAPI", "ConversationCache", "HTTPWire", "Journal", "AuditReport",
                "InternalAPI", "Egress", "Custody", "Delivery", "GatewayAssembly", "AdminPlane", crypto, nioCore,
            ],
            path: "Sources"
        ),
    ]
)

for target in package.targets {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .unsafeFlags(["-parse-as-library"]),
    ]
}
