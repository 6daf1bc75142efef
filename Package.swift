// swift-tools-version: 6.2
import PackageDescription

// A room is a target; what it may import is what stands in its `dependencies`, and the build refuses anything else
// (`--explicit-target-dependency-import-check error`, see the Makefile). The map is in README.md.

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "divar-gateway",
    products: [.executable(name: "divar-gateway", targets: ["divar-gateway"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // Values and rules: no I/O, no clock, no randomness.
        .target(name: "StrictJSON"),
        .target(name: "Messaging", dependencies: ["StrictJSON"]),
        .target(name: "DivarAPI", dependencies: ["Messaging", "StrictJSON"]),
        .target(name: "Delivery", dependencies: ["Messaging", "DivarAPI"]),
        .target(name: "ConversationCache", dependencies: ["Messaging", nioCore]),
        // Shells: what the rules decide is done here.
        .target(name: "HTTPWire", dependencies: ["Messaging", nioCore, nioPosix, nioHTTP1, nioSSL, nioTLS]),
        .target(name: "Custody", dependencies: ["CLinuxProcess", "Messaging", "StrictJSON", crypto]),
        .target(name: "Journal", dependencies: ["Messaging", "StrictJSON", crypto]),
        .target(name: "SQLiteJournal", dependencies: ["Journal", "Messaging", grdb, grdbSQLite]),
        .target(name: "AuditReport", dependencies: ["Journal", "Messaging", "StrictJSON"]),
        .target(name: "Observability", dependencies: ["StrictJSON", logging, metrics]),
        .target(
            name: "InternalAPI", dependencies: ["Messaging", "StrictJSON", "ConversationCache", "HTTPWire", nioCore]),
        .target(
            name: "Egress",
            dependencies: [
                "Messaging", "DivarAPI", "Delivery", "ConversationCache", "Custody", "HTTPWire", "InternalAPI",
                "Journal",
                crypto, nioCore, logging, metrics,
            ]
        ),
        .target(
            name: "Sandbox",
            dependencies: ["Messaging", "DivarAPI", "StrictJSON", "HTTPWire", nioCore]
        ),
        .target(
            name: "AdminPlane",
            dependencies: [
                "AuditReport", "HTTPWire", "Journal", "Messaging", "Observability", "StrictJSON", crypto, mustache,
                nioCore,
            ],
            resources: [.embedInCode("Resources")]
        ),
        .target(name: "CLinuxProcess"),
        // The house as a whole.
        .target(
            name: "GatewayAssembly",
            dependencies: [
                "CLinuxProcess", "Messaging", "DivarAPI", "Delivery", "ConversationCache", "HTTPWire", "Custody",
                "Journal", "SQLiteJournal", "AuditReport", "Observability", "InternalAPI", "Egress", "Sandbox",
                "AdminPlane", crypto, nioCore, nioPosix, logging, metrics, lifecycle, signals, yams,
            ]
        ),
        .executableTarget(
            name: "divar-gateway",
            dependencies: ["GatewayAssembly", argumentParser]
        ),
        // Measurements; not part of the product.
        .executableTarget(
            name: "JournalBenchmark",
            dependencies: ["Journal", "SQLiteJournal", "Messaging", crypto, grdb, nioCore, nioPosix],
            path: "Benchmarks/JournalBenchmark"
        ),
        .executableTarget(
            name: "CacheBenchmark",
            dependencies: ["ConversationCache", "Messaging", "SeededCases", nioCore],
            path: "Benchmarks/CacheBenchmark"
        ),
        .executableTarget(
            name: "RequestDecoding",
            dependencies: ["HTTPWire", nioCore, nioEmbedded, nioHTTP1],
            path: "Benchmarks/RequestDecoding"
        ),
        // Tests, one target a room, and one over the source tree.
        .target(name: "SeededCases", path: "Tests/SeededCases"),
        .target(
            name: "JournalConformance",
            dependencies: ["Journal", "Messaging", "SeededCases", crypto],
            path: "Tests/JournalConformance"
        ),
        .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON", "SeededCases"]),
        .testTarget(name: "MessagingTests", dependencies: ["Messaging", "SeededCases"]),
        .testTarget(name: "DivarAPITests", dependencies: ["DivarAPI", "Messaging", "StrictJSON", "SeededCases"]),
        .testTarget(
            name: "ConversationCacheTests", dependencies: ["ConversationCache", "Messaging", "SeededCases", nioCore]),
        .testTarget(
            name: "ConversationCacheModelTests",
            dependencies: ["ConversationCache", "Messaging", "SeededCases", nioCore]
        ),
        .testTarget(name: "DeliveryTests", dependencies: ["Delivery", "DivarAPI", "Messaging", "SeededCases"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Delivery", "DivarAPI", "ConversationCache", "Journal", "JournalConformance", "Messaging",
                "SeededCases",
                "StrictJSON",
                nioCore,
            ]
        ),
        .testTarget(
            name: "HTTPWireTests",
            dependencies: ["HTTPWire", "Messaging", "SeededCases", nioCore, nioPosix, nioEmbedded, nioHTTP1]
        ),
        .testTarget(
            name: "InternalAPITests",
            dependencies: ["InternalAPI", "ConversationCache", "Messaging", "StrictJSON", "HTTPWire", nioCore]
        ),
        .testTarget(name: "CustodyTests", dependencies: ["Custody", "Messaging", "SeededCases"]),
        .testTarget(
            name: "AuditReportTests",
            dependencies: ["AuditReport", "Journal", "Messaging", "StrictJSON", "SeededCases", crypto]
        ),
        .testTarget(
            name: "JournalTests",
            dependencies: ["Journal", "JournalConformance", "Messaging", "SeededCases", "StrictJSON", crypto]
        ),
        .testTarget(
            name: "SQLiteJournalTests",
            dependencies: ["SQLiteJournal", "Journal", "JournalConformance", "Messaging", "SeededCases", grdb]
        ),
        .testTarget(name: "ObservabilityTests", dependencies: ["Observability", "StrictJSON", logging, metrics]),
        .testTarget(
            name: "AdminPlaneTests",
            dependencies: ["AdminPlane", "AuditReport", "HTTPWire", "Journal", "Messaging", "Observability", mustache]
        ),
        .testTarget(
            name: "SandboxTests", dependencies: ["Sandbox", "DivarAPI", "Messaging", "StrictJSON", "HTTPWire"]),
        .testTarget(
            name: "GatewayAssemblyTests",
            dependencies: [
                "GatewayAssembly", "Custody", "DivarAPI", "Egress", "HTTPWire", "InternalAPI", "Journal", "Messaging",
                nioCore,
            ]
        ),
        .testTarget(name: "TidyTests"),
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
    ]
}
