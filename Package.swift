// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// A command-line tool: `Sources/Tools/<name>`, over the shared engine.
func tool(_ name: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["Checkpoint", "Convert", "Engine", "Proto", "ToolSupport"],
        path: "Sources/Tools/\(name)",
        swiftSettings: strict
    )
}

/// The tests of one module, which see what they need of the modules below it.
func tests(
    of module: String,
    _ others: Target.Dependency...,
    excluding notes: [String] = []
) -> Target {
    .testTarget(
        name: "\(module)Tests",
        dependencies: [.target(name: module), "TestSupport"] + others,
        exclude: notes,
        swiftSettings: strict
    )
}

let package = Package(
    name: "Reassemble",
    targets: [
        .systemLibrary(
            name: "CProtobuf",
            path: "Sources/Proto/CProtobuf",
            pkgConfig: "libprotobuf-c",
            providers: [.apt(["libprotobuf-c-dev"])]
        ),
        .systemLibrary(
            name: "CSnappy",
            path: "Sources/Checkpoint/CSnappy",
            providers: [.apt(["libsnappy-dev"])]
        ),
        .systemLibrary(
            name: "CZlib",
            path: "Sources/Checkpoint/CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]
        ),
        .systemLibrary(
            name: "COneDNN",
            path: "Sources/Engine/COneDNN",
            providers: [.apt(["libdnnl-dev"])]
        ),
        .target(
            name: "CProto",
            dependencies: ["CProtobuf"],
            path: "Sources/Proto/CProto"
        ),
        .target(name: "CCRC32C", path: "Sources/Checkpoint/CCRC32C"),
        .target(name: "CMappedFile", path: "Sources/Checkpoint/CMappedFile"),
        .target(name: "CSHA256", path: "Sources/Checkpoint/CSHA256"),
        .target(
            name: "CJPEG",
            path: "Sources/Engine/CJPEG",
            linkerSettings: [.linkedLibrary("jpeg")]
        ),
        .target(
            name: "CPNG",
            path: "Sources/Engine/CPNG",
            linkerSettings: [.linkedLibrary("png")]
        ),
        .target(name: "CProcessor", path: "Sources/Engine/CProcessor"),
        .target(
            name: "CPictures",
            dependencies: ["CProcessor"],
            path: "Sources/Engine/CPictures"
        ),
        .target(
            name: "CKernels",
            dependencies: ["CProcessor"],
            path: "Sources/Engine/CKernels",
            linkerSettings: [.linkedLibrary("gomp")]
        ),
        .target(
            name: "CReference",
            dependencies: ["CProcessor"],
            path: "Sources/Convert/Verification/CReference"
        ),

        .target(
            name: "Proto",
            dependencies: ["CProto", "CProtobuf"],
            exclude: ["CProto", "CProtobuf", "schemas"],
            swiftSettings: strict
        ),
        .target(
            name: "Checkpoint",
            dependencies: ["Proto", "CCRC32C", "CMappedFile", "CSHA256", "CSnappy", "CZlib"],
            exclude: ["CCRC32C", "CMappedFile", "CSHA256", "CSnappy", "CZlib"],
            swiftSettings: strict
        ),
        .target(
            name: "Engine",
            dependencies: ["CJPEG", "CKernels", "COneDNN", "CPNG", "CPictures"],
            exclude: ["CJPEG", "CKernels", "COneDNN", "CPNG", "CPictures", "CProcessor"],
            swiftSettings: strict
        ),
        .target(
            name: "Convert",
            dependencies: ["Checkpoint", "CReference", "Engine", "Proto"],
            exclude: ["Verification/CReference"],
            swiftSettings: strict
        ),
        .target(
            name: "ToolSupport",
            dependencies: ["Checkpoint", "Convert", "Engine"],
            path: "Sources/Tools/Support",
            swiftSettings: strict
        ),
        tool("eval"),
        tool("convert"),
        tool("distill-logits"),
        tool("finetune"),
        tool("inspect"),
        tool("make-records"),

        .executableTarget(
            name: "benchmarks",
            dependencies: ["Convert", "Engine", "GoldenNetworks", "TestSupport"],
            path: "Tests/Benchmarks/Worker",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "crop-probe",
            dependencies: ["Engine"],
            path: "Tests/Interop/crop-probe",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "format-probe",
            dependencies: ["Checkpoint", "Proto"],
            path: "Tests/Interop/format-probe",
            swiftSettings: strict
        ),
        .target(
            name: "TestSupport",
            dependencies: ["Engine"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .target(
            name: "GoldenNetworks",
            dependencies: ["Convert", "Engine", "TestSupport"],
            path: "Tests/GoldenNetworks",
            swiftSettings: strict
        ),
        tests(of: "Proto"),
        tests(
            of: "Checkpoint",
            "CCRC32C",
            "CSHA256",
            "CSnappy",
            "Proto",
            excluding: ["CASES.md"]
        ),
        tests(of: "Engine", "Checkpoint"),
        tests(of: "Convert", "Checkpoint", "Engine", "GoldenNetworks", "Proto"),
        .testTarget(
            name: "ToolTests",
            dependencies: [
                "ToolSupport", "Checkpoint", "Convert", "Engine", "Proto", "TestSupport", "eval",
                "convert", "distill-logits", "finetune", "inspect", "make-records",
            ],
            swiftSettings: strict
        ),
    ]
)
