import Formats
import Checkpoint
import Convert
import Networks
import ToolSupport

/// How two checkpoints differ.
struct ComparisonView {
    private let view: OpenTensors

    init(_ view: OpenTensors) { self.view = view }

    func run(_ other: String) throws -> ExitCode {
        let second = try OpenTensors(other, view.options, view.diagnostics)
        for side in [view, second] where !side.unread.isEmpty {
            side.diagnostics.warning(
                "\(side.path): \(side.unread.count) arrays cannot be read and are not compared: "
                    + side.unread.prefix(4).map(\.name).joined(separator: ", ")
                    + (side.unread.count > 4 ? ", …" : "")
            )
        }
        let found = CheckpointComparison(
            view.source,
            second.source,
            absolute: view.options[InspectOptions.absolute],
            relative: view.options[InspectOptions.relative]
        )
        if view.options[RunOptions.json] {
            try StandardOutput.write(
                document("diff", view.path, members(found, second.path))
            )
        } else {
            try StandardOutput.write(text(found))
        }
        let isUnreadable = found.differences.contains {
            if case .unreadable = $0.change { true } else { false }
        }
        return isUnreadable ? .file : found.differences.isEmpty ? .done : .no
    }

    private func text(_ found: CheckpointComparison) -> String {
        var table = Table([.left, .left, .left, .left])
        for difference in found.differences {
            table.append([
                difference.change.word, difference.role.title, difference.name,
                difference.change.detail,
            ])
        }
        var text = table.text
        for role in VariableRole.allCases {
            let different = found.differences.filter { $0.role == role }.count
            let same = found.same[role, default: 0]
            guard same + different > 0 else { continue }
            text += "\(role.title): "
            text +=
                different == 0
                ? "all \(grouped(same)) the same\n"
                : "\(grouped(different)) differ, \(grouped(same)) the same\n"
        }
        return text
    }

    private func members(_ found: CheckpointComparison, _ other: String) -> [JSONValue.Member] {
        let differences = found.differences.map { difference -> JSONValue in
            var members: [JSONValue.Member] = [
                .init("name", .text(difference.name)),
                .init("role", .text(difference.role.rawValue)),
                .init("change", .text(difference.change.word)),
            ]
            switch difference.change {
            case .changed(let largest, let relative):
                members += [
                    .init("max_abs", .figure(largest)), .init("relative_l2", .figure(relative)),
                ]
            case .reshaped(let from, let to):
                members += [.init("from", .shape(from)), .init("to", .shape(to))]
            case .retyped, .unreadable:
                members.append(.init("detail", .text(difference.change.detail)))
            default: break
            }
            return .object(members)
        }
        let same = VariableRole.allCases.map {
            JSONValue.Member($0.rawValue, .integer(found.same[$0, default: 0]))
        }
        return [
            .init("other", .text(other)), .init("equal", .bool(found.differences.isEmpty)),
            .init("same", .object(same)), .init("differences", .array(differences)),
        ]
    }
}

extension CheckpointComparison.Change {
    fileprivate var word: String {
        switch self {
        case .added: "added"
        case .removed: "removed"
        case .reshaped: "reshaped"
        case .retyped: "retyped"
        case .changed, .differs: "changed"
        case .unreadable: "unreadable"
        }
    }

    fileprivate var detail: String {
        switch self {
        case .added, .removed, .differs: ""
        case .reshaped(let from, let to): "\(from) -> \(to)"
        case .retyped(let from, let to): "\(from) -> \(to)"
        case .changed(let largest, let relative):
            "max abs \(Float(largest)), relative L2 \(Float(relative))"
        case .unreadable(let reason): reason
        }
    }
}
