internal import COneDNN

/// A call of the oneDNN library that failed.
public struct OneDNNError: Error, Hashable, Sendable {
    /// The `dnnl_status_t` that it returned.
    public let status: UInt32
    /// The function.
    public let function: String

    /// Whether the library has no implementation of what was asked for.
    var isUnimplemented: Bool { status == dnnl_unimplemented.rawValue }
}

extension OneDNNError: CustomStringConvertible {
    /// One sentence that a user can act on.
    public var description: String {
        let reason =
            switch dnnl_status_t(rawValue: status) {
            case dnnl_out_of_memory: "out of memory"
            case dnnl_invalid_arguments: "invalid arguments"
            case dnnl_unimplemented: "not implemented for this processor"
            case dnnl_runtime_error: "failed while running"
            default: "status \(status)"
            }
        return "\(function): \(reason)"
    }
}

/// Throws unless `status` is success.
///
/// This is the one place that looks at a `dnnl_status_t`.
func check(_ status: dnnl_status_t, _ function: StaticString) throws(OneDNNError) {
    guard status == dnnl_success else {
        throw OneDNNError(status: status.rawValue, function: "\(function)")
    }
}

/// The object that a `dnnl_..._create` function makes.
func create(
    _ function: StaticString,
    _ make: (inout OpaquePointer?) -> dnnl_status_t
) throws(OneDNNError) -> OpaquePointer {
    var handle: OpaquePointer?
    try unsafe check(make(&handle), function)
    guard let handle = unsafe handle else {
        throw OneDNNError(status: dnnl_runtime_error.rawValue, function: "\(function)")
    }
    return unsafe handle
}
