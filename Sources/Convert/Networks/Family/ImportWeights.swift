public import Checkpoint
public import Engine
internal import Proto

extension CheckpointInventory {
    /// Sorts the tensors of a checkpoint.
    public init(_ source: any TensorSource) {
        self.init(source.tensors.lazy.map { (name: $0.name, shape: $0.shape) })
    }
}

extension Weights {
    /// The values of a model's parameters, as a checkpoint holds them.
    ///
    /// Float32 values stay where they are mapped; other floating-point types are converted. Every byte is compared with
    /// its checksum, where the format has one.
    ///
    /// - Parameters:
    ///   - names: The variables of the model.
    ///   - source: The checkpoint.
    ///   - set: Which values are meant.
    /// - Throws: ``NetworkError`` if variables are missing or misshapen, `CheckpointError` if they cannot be read.
    public init(
        _ names: VariableNames,
        from source: any TensorSource,
        set: WeightSet = .raw
    ) throws {
        self.init()
        let inventory = CheckpointInventory(source)
        let differences = Differences(
            found: inventory.model,
            expected: names.variables.map { ($0.name, $0.shape) }
        )
        guard differences.missing.isEmpty, differences.misshapen.isEmpty else {
            throw NetworkError.variablesDiffer(differences)
        }
        if set == .movingAverages {
            let averages = Set(inventory.movingAverages)
            let lacking = names.variables.filter(\.isTrainable).map(\.name).filter {
                !averages.contains("\($0)/\(VariableNames.movingAverage)")
            }
            guard lacking.isEmpty else { throw NetworkError.noMovingAverages(lacking) }
        }
        for variable in names.variables {
            let isAverage = set == .movingAverages && variable.isTrainable
            let name = isAverage ? "\(variable.name)/\(VariableNames.movingAverage)" : variable.name
            guard let entry = source.tensor(named: name), entry.shape == variable.shape else {
                throw NetworkError.noMovingAverages([variable.name])
            }
            self[variable.parameter.key] = try WeightTensor(entry, of: source)
        }
    }
}

extension WeightTensor {
    /// The values of a floating-point tensor.
    package init(_ entry: TensorEntry, of source: any TensorSource) throws {
        let type = entry.dataType
        guard [.float32, .float64, .float16, .bfloat16].contains(type) else {
            throw NetworkError.unusableType(variable: entry.name, type: type.name)
        }
        let stored = try source.bytes(of: entry, verifies: true)
        if type == .float32 {
            unsafe self.init(shape: entry.shape, bytes: stored.buffer, owner: stored.owner)
            return
        }
        let values: [Float] = (0..<entry.elementCount).map { index in
            switch type {
            case .float64:
                unsafe Float(
                    stored.buffer.loadUnaligned(fromByteOffset: 8 * index, as: Double.self)
                )
            case .float16:
                unsafe Float(
                    stored.buffer.loadUnaligned(fromByteOffset: 2 * index, as: Float16.self)
                )
            default:
                unsafe Float(
                    bitPattern: UInt32(
                        stored.buffer.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
                    ) << 16
                )
            }
        }
        self.init(shape: entry.shape, values: values)
    }
}

extension WeightTensor {
    /// A kernel whose outputs come first, with its outputs last.
    package var withOutputsLast: WeightTensor {
        let bytes = unsafe values.withUnsafeBytes {
            unsafe KernelLayout.outputsLast($0, shape: shape, width: 4)
        }
        let stored = StoredBytes(bytes)
        return unsafe WeightTensor(
            shape: KernelLayout.outputsLast(shape),
            bytes: stored.buffer,
            owner: stored.owner
        )
    }
}
