// swift-tools-version: 6.2

import PackageDescription

// One target is one room. Arrows point towards KeywayModel; only the executable knows the implementations of a
// protocol. `scripts/check-imports` refuses an import that is not declared here.

extension Target.Dependency {
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let grdbSQLite = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdTesting = product(name: "HummingbirdTesting", package: "hummingbird")
    static let logging = product(name: "Logging", package: "swift-log")
    static let metrics = product(name: "Metrics", package: "swift-metrics")
    static let mustache = product(name: "Mustache", package: "swift-mustache")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
}

let package = Package(
    name: "keyway",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "keyway", targets: ["keyway"]),
        .library(name: "KeywayClient", targets: ["KeywayClient"]),
    ],
    traits: [
        .default(enabledTraits: ["MQTT"]),
        .trait(name: "MQTT", description: "Locks behind an MQTT broker; needs libmosquitto."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "KeywayModel"),
        .target(name: "KeywayStore", dependencies: ["KeywayModel"]),
        .target(name: "KeywayMetrics", dependencies: ["KeywayModel", .metrics]),
        .target(
            name: "KeywayStoreSQLite",
            dependencies: ["KeywayModel", "KeywayStore", .grdb, .grdbSQLite, .metrics]
        ),
        .target(name: "KeywayDriver", dependencies: ["KeywayModel", .crypto, .logging, .metrics]),
        .target(name: "KeywaySandbox", dependencies: ["KeywayDriver", "KeywayModel", .crypto]),
        .target(
            name: "KeywayDeviceCloud",
            dependencies: [
                "KeywayDriver", "KeywayModel", .asyncHTTPClient, .crypto, .logging, .metrics, .nioCore, .nioHTTP1,
            ]
        ),
        .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
        .target(
            name: "KeywayMQTT",
            dependencies: [
                .target(name: "CMosquitto", condition: .when(traits: ["MQTT"])), "KeywayDriver", "KeywayModel",
                .logging, .metrics,
            ]
        ),
        .target(name: "KeywayClient", dependencies: [.asyncHTTPClient, .logging, .nioCore, .nioHTTP1]),
        .target(
            name: "KeywayEngine",
            dependencies: [
                "KeywayDriver", "KeywayModel", "KeywayStore", .logging, .metrics, .serviceLifecycle,
            ]
        ),
        .target(
            name: "KeywayAPI",
            dependencies: [
                "KeywayDriver", "KeywayEngine", "KeywayMetrics", "KeywayModel", "KeywayStore", "KeywayWebhooks",
                .crypto, .httpTypes, .hummingbird, .logging, .metrics, .mustache, .nioCore, .serviceLifecycle,
            ]
        ),
        .target(
            name: "KeywayWebhooks",
            dependencies: [
                "KeywayModel", "KeywayStore", .asyncHTTPClient, .crypto, .logging, .metrics, .nioCore, .nioHTTP1,
                .serviceLifecycle,
            ]
        ),
        .target(
            name: "KeywayTestKit",
            dependencies: ["KeywayDriver", "KeywayMetrics", "KeywayModel", "KeywayStore"]
        ),
        .target(name: "KeywaySimulation", dependencies: ["KeywayModel", "KeywayStore"]),
        .executableTarget(name: "keyway-simulate", dependencies: ["KeywaySimulation", .argumentParser]),
        .executableTarget(
            name: "keyway",
            dependencies: [
                "KeywayAPI", "KeywayClient", "KeywayDeviceCloud", "KeywayDriver", "KeywayEngine", "KeywayMetrics",
                "KeywayModel", "KeywaySandbox", "KeywayStore", "KeywayStoreSQLite", "KeywayWebhooks", .argumentParser,
                .configuration, .hummingbird, .logging, .metrics, .nioCore, .serviceLifecycle, .unixSignals,
                .target(name: "KeywayMQTT", condition: .when(traits: ["MQTT"])),
            ]
        ),
        .executableTarget(
            name: "keyway-bench",
            dependencies: [
                "KeywayDriver", "KeywayEngine", "KeywayModel", "KeywayStore", "KeywayStoreSQLite", "KeywayTestKit",
                .argumentParser, .grdbSQLite, .httpTypes, .hummingbird, .logging, .nioCore,
            ],
            path: "Benchmarks/keyway-bench"
        ),
        .testTarget(name: "KeywayModelTests", dependencies: ["KeywayModel", "KeywayTestKit"]),
        .testTarget(name: "KeywayMetricsTests", dependencies: ["KeywayMetrics", .metrics]),
        .testTarget(name: "KeywayStoreTests", dependencies: ["KeywayModel", "KeywayStore", "KeywayTestKit"]),
        .testTarget(
            name: "KeywayStoreSQLiteTests",
            dependencies: [
                "KeywayMetrics", "KeywayModel", "KeywayStore", "KeywayStoreSQLite", "KeywayTestKit", .grdb,
            ]
        ),
        .testTarget(
            name: "KeywaySandboxTests",
            dependencies: ["KeywayDriver", "KeywayModel", "KeywaySandbox", "KeywayTestKit"]
        ),
        .testTarget(name: "KeywaySimulationTests", dependencies: ["KeywaySimulation"]),
        .testTarget(
            name: "KeywayDeviceCloudTests",
            dependencies: [
                "KeywayDeviceCloud", "KeywayDriver", "KeywayEngine", "KeywayMetrics", "KeywayModel", "KeywayStore",
                "KeywayTestKit", .crypto, .logging, .nioCore, .nioPosix,
            ]
        ),
        .testTarget(
            name: "KeywayMQTTTests",
            dependencies: [
                "KeywayDriver", "KeywayEngine", "KeywayMQTT", "KeywayMetrics", "KeywayModel", "KeywayStore",
                "KeywayTestKit", .logging, .nioCore, .nioPosix,
            ],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(name: "KeywayClientTests", dependencies: ["KeywayClient", .logging, .nioCore, .nioPosix]),
        .testTarget(
            name: "KeywayWebhooksTests",
            dependencies: [
                "KeywayMetrics", "KeywayModel", "KeywayStore", "KeywayStoreSQLite", "KeywayTestKit", "KeywayWebhooks",
                .asyncHTTPClient, .crypto, .logging, .nioCore, .nioPosix, .serviceLifecycle,
            ]
        ),
        .testTarget(
            name: "KeywayEngineTests",
            dependencies: [
                "KeywayDriver", "KeywayEngine", "KeywayMetrics", "KeywayModel", "KeywayStore", "KeywayTestKit",
                .logging, .serviceLifecycle,
            ]
        ),
        .testTarget(
            name: "KeywayAPITests",
            dependencies: [
                "KeywayAPI", "KeywayDriver", "KeywayEngine", "KeywayMetrics", "KeywayModel", "KeywaySandbox",
                "KeywayStore", "KeywayTestKit", "KeywayWebhooks", .httpTypes, .hummingbird, .hummingbirdTesting,
                .logging, .nioCore,
                .serviceLifecycle,
            ]
        ),
        .testTarget(
            name: "keywayTests",
            dependencies: [
                "KeywayAPI", "KeywayClient", "KeywayDeviceCloud", "KeywayEngine", "KeywayModel", "KeywayStore",
                "KeywayTestKit", "KeywayWebhooks", "keyway", .argumentParser, .logging,
                .target(name: "KeywayMQTT", condition: .when(traits: ["MQTT"])),
            ]
        ),
        .testTarget(name: "KeywayTestKitTests", dependencies: ["KeywayModel", "KeywayTestKit"]),
    ]
)

// The strictest compiler, set once for every target.
for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
        .enableUpcomingFeature("ExistentialAny"),
        // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
        .enableUpcomingFeature("MemberImportVisibility"),
        // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
        .enableUpcomingFeature("InternalImportsByDefault"),
        // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0461-async-function-isolation.md
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0470-isolated-conformances.md
        .enableUpcomingFeature("InferIsolatedConformances"),
    ]
}
