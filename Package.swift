// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// A C library of the system that belongs to the floor in `folder`.
func library(_ name: String, in folder: String, package: String, of debian: String) -> Target {
    .systemLibrary(
        name: name,
        path: "Sources/\(folder)/\(name)",
        pkgConfig: package.isEmpty ? nil : package,
        providers: [.apt([debian])]
    )
}

/// C of our own that belongs to the floor in `folder`.
func native(
    _ name: String,
    in folder: String,
    _ dependencies: Target.Dependency...,
    links libraries: String...
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Sources/\(folder)/\(name)",
        linkerSettings: libraries.map { .linkedLibrary($0) }
    )
}

/// A floor of the house: the Swift files in `folder`, which see only the floors that they stand on.
func floor(
    _ name: String,
    in folder: String? = nil,
    on dependencies: Target.Dependency...,
    excluding others: [String] = []
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Sources/\(folder ?? name)",
        exclude: others,
        swiftSettings: strict
    )
}

/// The entries of OpenMP that oneDNN calls, which CBase has.
let openMP = [
    "GOMP_barrier", "GOMP_parallel", "omp_get_max_threads", "omp_get_num_threads",
    "omp_get_thread_num", "omp_in_parallel", "omp_set_num_threads",
]

/// All floors, the ground first.
let floors: [Target.Dependency] = [
    "Proto", "Checkpoint", "Base", "Pictures", "Engine", "Formats", "Reference", "Networks", "Data",
    "Convert",
]

/// A command-line tool: `Sources/Tools/<name>`, over all floors.
func tool(_ name: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: floors + ["Suite", "ToolSupport"],
        path: "Sources/Tools/\(name)",
        swiftSettings: strict
    )
}

/// The tests of one floor, which see what they need of the floors below it.
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

/// An executable that tests run, at `Tests/<folder>`.
func probe(_ name: String, in folder: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        path: "Tests/\(folder)",
        swiftSettings: strict
    )
}

let package = Package(
    name: "Reassemble",
    targets: [
        // The C below the floors.
        library("CProtobuf", in: "Proto", package: "libprotobuf-c", of: "libprotobuf-c-dev"),
        library("CSnappy", in: "Checkpoint", package: "", of: "libsnappy-dev"),
        library("CZlib", in: "Checkpoint", package: "zlib", of: "zlib1g-dev"),
        library("COneDNN", in: "Engine", package: "", of: "libdnnl-dev"),
        native("CProto", in: "Proto", "CProtobuf"),
        native("CCRC32C", in: "Checkpoint"),
        native("CMappedFile", in: "Checkpoint"),
        native("CSHA256", in: "Checkpoint"),
        native("CProcessor", in: "Engine/Base"),
        .target(
            name: "CBase",
            path: "Sources/Engine/Base/CBase",
            // Programs show the entries of OpenMP that are theirs to oneDNN, which looks them up by name.
            linkerSettings: [
                .unsafeFlags(openMP.flatMap { ["-Xlinker", "--export-dynamic-symbol=\($0)"] })
            ]
        ),
        native("CJPEG", in: "Engine/Pictures", links: "jpeg"),
        native("CPNG", in: "Engine/Pictures", links: "png"),
        native("CPictures", in: "Engine/Pictures", "CProcessor"),
        native("CKernels", in: "Engine", "CProcessor"),
        // CMPI, which it loads, is built by Scripts/mpi: the package needs no MPI.
        native("CRanks", in: "Engine"),
        native("CReference", in: "Convert/Reference", "CProcessor"),

        // The floors, each above those that it stands on.
        floor(
            "Proto",
            on: "CProto",
            "CProtobuf",
            excluding: ["CProto", "CProtobuf", "schemas"]
        ),
        floor(
            "Checkpoint",
            on: "Proto",
            "CCRC32C",
            "CMappedFile",
            "CSHA256",
            "CSnappy",
            "CZlib",
            excluding: ["CCRC32C", "CMappedFile", "CSHA256", "CSnappy", "CZlib"]
        ),
        floor("Base", in: "Engine/Base", on: "CBase", excluding: ["CBase", "CProcessor"]),
        floor(
            "Pictures",
            in: "Engine/Pictures",
            on: "Base",
            "CJPEG",
            "CPNG",
            "CPictures",
            excluding: ["CJPEG", "CPNG", "CPictures"]
        ),
        floor(
            "Engine",
            on: "Base",
            "CKernels",
            "COneDNN",
            "CRanks",
            excluding: ["Base", "CKernels", "CMPI", "COneDNN", "CRanks", "Pictures"]
        ),
        floor("Formats", in: "Convert/Formats", on: "Checkpoint", "Proto"),
        floor(
            "Reference",
            in: "Convert/Reference",
            on: "Base",
            "Checkpoint",
            "CReference",
            "Formats",
            "Proto",
            excluding: ["CReference"]
        ),
        floor(
            "Networks",
            in: "Convert/Networks",
            on: "Base",
            "Checkpoint",
            "Engine",
            "Formats",
            "Pictures",
            "Proto",
            "Reference"
        ),
        floor(
            "Data",
            in: "Convert/Data",
            on: "Base",
            "Checkpoint",
            "Engine",
            "Formats",
            "Pictures",
            "Proto"
        ),
        floor(
            "Convert",
            in: "Convert/Conversion",
            on: "Base",
            "Checkpoint",
            "Data",
            "Engine",
            "Formats",
            "Networks",
            "Pictures",
            "Proto",
            "Reference"
        ),

        // The tools.
        .target(name: "Suite", path: "Sources/Tools/Suite", swiftSettings: strict),
        .target(
            name: "ToolSupport",
            dependencies: floors + ["Suite"],
            path: "Sources/Tools/Support",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "reassemble",
            dependencies: ["Suite"],
            path: "Sources/Tools/reassemble",
            swiftSettings: strict
        ),
        tool("eval"),
        tool("convert"),
        tool("distill-logits"),
        tool("finetune"),
        tool("inspect"),
        tool("make-records"),

        // The tests, and what they run.
        .target(
            name: "TestSupport",
            dependencies: ["Engine"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .target(
            name: "GoldenNetworks",
            dependencies: floors + ["TestSupport"],
            path: "Tests/GoldenNetworks",
            swiftSettings: strict
        ),
        probe(
            "benchmarks",
            in: "Benchmarks/Worker",
            floors + ["GoldenNetworks", "TestSupport", "ToolSupport"]
        ),
        probe("crop-probe", in: "Interop/crop-probe", ["Pictures"]),
        probe("format-probe", in: "Interop/format-probe", ["Checkpoint", "Proto"]),
        tests(of: "Proto"),
        tests(
            of: "Checkpoint",
            "CCRC32C",
            "CSHA256",
            "CSnappy",
            "Proto",
            excluding: ["CASES.md"]
        ),
        tests(of: "Pictures", "Base", "Checkpoint"),
        // The family's networks are what the engine's tests run.
        tests(of: "Engine", "Base", "Checkpoint", "Networks"),
        tests(of: "Formats", "Checkpoint", "Proto"),
        tests(of: "Reference", "Proto"),
        tests(
            of: "Networks",
            "Base",
            "Checkpoint",
            "Engine",
            "Formats",
            "GoldenNetworks",
            "Pictures",
            "Proto"
        ),
        tests(of: "Data", "Base", "Checkpoint", "Engine", "Formats", "Pictures", "Proto"),
        tests(
            of: "Convert",
            "Base",
            "Checkpoint",
            "Data",
            "Engine",
            "Formats",
            "GoldenNetworks",
            "Networks",
            "Pictures",
            "Proto",
            "Reference"
        ),
        .testTarget(
            name: "ToolTests",
            dependencies: floors + [
                "Suite", "ToolSupport", "TestSupport", "GoldenNetworks", "eval", "convert",
                "distill-logits", "finetune", "inspect", "make-records", "reassemble",
            ],
            swiftSettings: strict
        ),
    ]
)
