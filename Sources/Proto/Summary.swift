internal import CProto

/// What TensorBoard shows of one step: values under tags.
public struct Summary: Equatable, Sendable {
    /// A picture.
    public struct Image: Equatable, Sendable {
        /// Rows of pixels.
        public var height: Int32
        /// Pixels in a row.
        public var width: Int32
        /// Channels: 1 grey, 3 RGB, 4 RGBA.
        public var channels: Int32
        /// A PNG file.
        public var encoded: [UInt8]

        /// A picture of known size.
        public init(height: Int32, width: Int32, channels: Int32, encoded: [UInt8]) {
            self.height = height
            self.width = width
            self.channels = channels
            self.encoded = encoded
        }
    }

    /// How values are spread.
    public struct Histogram: Equatable, Sendable {
        /// The smallest value.
        public var minimum: Double
        /// The largest value.
        public var maximum: Double
        /// How many values there are.
        public var count: Double
        /// Their sum.
        public var sum: Double
        /// The sum of their squares.
        public var squareSum: Double
        /// The upper end of each bucket.
        public var limits: [Double]
        /// How many values each bucket holds.
        public var buckets: [Double]

        /// A spread of values.
        public init(
            minimum: Double,
            maximum: Double,
            count: Double,
            sum: Double,
            squareSum: Double,
            limits: [Double],
            buckets: [Double]
        ) {
            self.minimum = minimum
            self.maximum = maximum
            self.count = count
            self.sum = sum
            self.squareSum = squareSum
            self.limits = limits
            self.buckets = buckets
        }
    }

    /// What a value is.
    public enum Content: Equatable, Sendable {
        /// A number.
        case scalar(Float)
        /// A picture.
        case image(Image)
        /// A spread of values.
        case histogram(Histogram)
        /// Anything else; the plugin says what.
        case tensor(TensorMessage)
        /// A value of a kind that is not known here.
        case none
    }

    /// A value and its name.
    public struct Value: Equatable, Sendable {
        /// The name of the curve or strip that it belongs to.
        public var tag: String
        /// Which part of TensorBoard shows it; empty where the content says so.
        public var plugin: String
        /// The value.
        public var content: Content

        /// A value under a tag.
        public init(tag: String, plugin: String = "", content: Content) {
            self.tag = tag
            self.plugin = plugin
            self.content = content
        }

        /// The number, for values written by TensorFlow 1 and 2 alike; nil if it is something else.
        public var scalar: Float? {
            switch content {
            case .scalar(let value): value
            case .tensor(let tensor) where tensor.shape?.dimensions.isEmpty ?? true:
                tensor.scalar
            default: nil
            }
        }
    }

    /// The values.
    public var values: [Value]

    /// Values of one step.
    public init(_ values: [Value]) {
        self.values = values
    }

    init(_ message: Tf__Summary) throws(ProtoError) {
        values = try unsafe array(message.value, message.n_value) { value throws(ProtoError) in
            try unsafe Value(value)
        }
    }
}

extension TensorMessage {
    /// The one value of a float32 scalar, given in either form.
    fileprivate var scalar: Float? {
        guard dataType == DataType.float32.rawValue else { return nil }
        if content.count == 4 {
            let word = content.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return Float(bitPattern: word)
        }
        return content.isEmpty && floats.count == 1 ? floats[0] : nil
    }
}

extension Summary.Value {
    fileprivate init(_ message: Tf__Summary__Value) throws(ProtoError) {
        tag = unsafe text(message.tag)
        plugin = ""
        if let data = unsafe message.metadata?.pointee.plugin_data?.pointee {
            plugin = unsafe text(data.plugin_name)
        }
        switch unsafe message.value_case {
        case TF__SUMMARY__VALUE__VALUE_SIMPLE_VALUE: content = unsafe .scalar(message.simple_value)
        case TF__SUMMARY__VALUE__VALUE_IMAGE:
            content = unsafe .image(Summary.Image(message.image.pointee))
        case TF__SUMMARY__VALUE__VALUE_HISTO:
            content = unsafe .histogram(Summary.Histogram(message.histo.pointee))
        case TF__SUMMARY__VALUE__VALUE_TENSOR:
            content = try unsafe .tensor(TensorMessage(message.tensor.pointee))
        default: content = .none
        }
    }
}

extension Summary.Image {
    fileprivate init(_ message: Tf__Summary__Image) {
        height = unsafe message.height
        width = unsafe message.width
        channels = unsafe message.colorspace
        encoded = unsafe array(message.encoded_image_string)
    }
}

extension Summary.Histogram {
    fileprivate init(_ message: Tf__HistogramProto) {
        minimum = unsafe message.min
        maximum = unsafe message.max
        count = unsafe message.num
        sum = unsafe message.sum
        squareSum = unsafe message.sum_squares
        limits = unsafe array(message.bucket_limit, message.n_bucket_limit)
        buckets = unsafe array(message.bucket, message.n_bucket)
    }
}
