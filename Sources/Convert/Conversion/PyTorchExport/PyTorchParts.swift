internal import Engine
internal import Networks

/// The Python text of the layers that a network has.
struct PyTorchParts {
    private let model: ModelConfiguration

    init(_ model: ModelConfiguration) {
        self.model = model
    }

    /// Convolution and norm, padded independently of the size of the picture.
    static let basics = """
        def conv(inputs, outputs, size, stride=1):
            return nn.Conv2d(inputs, outputs, size, stride, (size - 1) // 2, bias=False)


        def norm(channels):
            return nn.BatchNorm2d(channels, eps=1e-5, momentum=0.003)
        """

    /// What stands in front of the bottlenecks, as far as it is used.
    var layers: [String] {
        var texts: [String] = []
        if model.version == 1 {
            texts.append(model.poolsAsPyTorch ? Self.evenMaxPool : Self.maxPool)
        }
        if model.version == 2 || (model.usesResNetD && !model.poolsAsPyTorch) { texts.append(Self.meanPool) }
        if model.antiAliasesConvolutions || model.antiAliasesProjections { texts.append(blur) }
        if model.usesSelectiveKernel { texts.append(Self.selectiveKernel) }
        if model.usesSqueezeExcitation { texts.append(Self.squeezeExcitation) }
        if model.embeddingSize > 0 { texts.append(Self.embedding) }
        return texts
    }

    private static let maxPool = """
        def max_pool(x):
            \"""3x3, stride 2, padded as TensorFlow's SAME.\"""
            def pad(extent):
                total = max((-(-extent // 2) - 1) * 2 + 3 - extent, 0)
                return total // 2, total - total // 2
            x = F.pad(x, (*pad(x.shape[3]), *pad(x.shape[2])), value=float("-inf"))
            return F.max_pool2d(x, 3, 2)
        """

    private static let evenMaxPool = """
        def max_pool(x):
            \"""3x3, stride 2, padded on all sides.\"""
            return F.max_pool2d(x, 3, 2, 1)
        """

    private static let meanPool = """
        class MeanPool(nn.Module):
            \"""With a stride the zeros around count; without, only real pixels do.\"""
            def __init__(self, size, stride):
                super().__init__()
                self.size, self.stride = size, stride

            def forward(self, x):
                before, after = (self.size - 1) // 2, self.size // 2
                mode = "constant" if self.stride > 1 else "replicate"
                return F.avg_pool2d(F.pad(x, (before, after) * 2, mode), self.size, self.stride)
        """

    private var blur: String {
        let row = Blur(size: model.antiAliasSize, stride: 1).row.map { String(Int($0)) }
        let items = row.joined(separator: ", ") + (row.count == 1 ? "," : "")
        return """
            class Blur(nn.Module):
                \"""Binomial blur with a stride, mirrored at the border.\"""
                def __init__(self, channels, stride):
                    super().__init__()
                    row = torch.tensor((\(items)), dtype=torch.float64)
                    taps = (torch.outer(row, row) / row.sum() ** 2).float()
                    self.register_buffer("taps", taps.expand(channels, 1, -1, -1).clone(), persistent=False)
                    self.stride = stride

                def forward(self, x):
                    border = (self.taps.shape[2] - 1) // 2
                    x = F.pad(x, (border,) * 4, "reflect")
                    return F.conv2d(x, self.taps, stride=self.stride, groups=x.shape[1])
            """
    }

    private static let selectiveKernel = """
        class Attention(nn.Module):
            def __init__(self, filters):
                super().__init__()
                inner = max(filters // 2, 32)
                self.fc_reduce = conv(filters, inner, 1)
                self.bn = norm(inner)
                self.fc_select = conv(inner, 2 * filters, 1)

            def forward(self, x):
                x = self.fc_select(F.relu(self.bn(self.fc_reduce(x))))
                return x.unflatten(1, (2, -1)).softmax(1).unbind(1)


        class SelectiveKernel(nn.Module):
            \"""Two branches, mixed channel by channel.\"""
            def __init__(self, inputs, filters, stride):
                super().__init__()
                self.conv = conv(inputs, 2 * filters, 3, stride)
                self.bn = norm(2 * filters)
                self.attn = Attention(filters)

            def forward(self, x):
                a, b = F.relu(self.bn(self.conv(x))).chunk(2, 1)
                share_a, share_b = self.attn((a + b).mean((2, 3), keepdim=True))
                return a * share_a + b * share_b
        """

    private static let squeezeExcitation = """
        class SqueezeExcitation(nn.Module):
            def __init__(self, channels):
                super().__init__()
                self.fc1 = conv(channels, channels // 16, 1)
                self.fc2 = conv(channels // 16, channels, 1)

            def forward(self, x):
                scale = self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True))))
                return x * scale.sigmoid()
        """

    private static let embedding = """
        class Embedding(nn.Module):
            \"""The vector for retrieval.\"""
            def __init__(self, inputs, outputs):
                super().__init__()
                self.conv = conv(inputs, outputs, 1)
                self.bn = norm(outputs)

            def forward(self, x):
                return self.bn(self.conv(x))
        """

    /// One bottleneck.
    var bottleneck: String {
        let isBlurred = model.antiAliasesConvolutions
        let inner = isBlurred ? "1" : "stride"
        var setup = ["self.conv1 = conv(inputs, filters, 1)", "self.bn1 = norm(filters)"]
        var steps = ["y = F.relu(self.bn1(self.conv1(x)))"]
        if model.usesSelectiveKernel {
            setup.append("self.conv2 = SelectiveKernel(filters, filters, \(inner))")
            steps.append("y = self.conv2(y)")
        } else {
            setup += [
                "self.conv2 = conv(filters, filters, 3, \(inner))", "self.bn2 = norm(filters)",
            ]
            steps.append("y = F.relu(self.bn2(self.conv2(y)))")
        }
        if isBlurred {
            setup.append("self.blur = Blur(filters, stride) if stride > 1 else nn.Identity()")
            steps.append("y = self.blur(y)")
        }
        setup += ["self.conv3 = conv(filters, 4 * filters, 1)", "self.bn3 = norm(4 * filters)"]
        steps.append("y = self.bn3(self.conv3(y))")
        if model.usesSqueezeExcitation {
            setup.append("self.se = SqueezeExcitation(4 * filters)")
            steps.append("y = self.se(y)")
        }
        setup.append(
            "self.downsample = project(inputs, 4 * filters, stride) if projects else nn.Identity()"
        )
        setup.append("self.relu = nn.ReLU() if relu else nn.Identity()")
        steps.append("return self.relu(y + self.downsample(x))")
        func indented(_ lines: [String]) -> String {
            lines.map { "        \($0)" }.joined(separator: "\n")
        }
        return """
            \(projection)


            class Bottleneck(nn.Module):
                def __init__(self, inputs, filters, stride=1, projects=False, relu=True):
                    super().__init__()
            \(indented(setup))

                def forward(self, x):
            \(indented(steps))
            """
    }

    /// How the first block of a group brings its input to the shape of its output.
    private var projection: String {
        let big = "if stride > 1:\n        layers.insert(0, MeanPool(3, stride))"
        let body: String
        if model.version == 2, model.usesResNetD {
            // The last group has ResNet-D's projection, the others BigLittle's.
            body = """
                    layers = [conv(inputs, outputs, 1), norm(outputs)]
                    if inputs == \(model.width << 4) and outputs == \(model.width << 5):
                        layers.insert(0, MeanPool(2, stride))
                    elif stride > 1:
                        layers.insert(0, MeanPool(3, stride))
                """
        } else if model.version == 2 {
            body = "    layers = [conv(inputs, outputs, 1), norm(outputs)]\n    \(big)"
        } else if model.usesResNetD, model.poolsAsPyTorch {
            body = """
                    pool = nn.AvgPool2d(2, stride, ceil_mode=True, count_include_pad=False)
                    layers = [pool if stride > 1 else nn.Identity(), conv(inputs, outputs, 1), norm(outputs)]
                """
        } else if model.usesResNetD {
            body = """
                    layers = [MeanPool(2, stride), conv(inputs, outputs, 1), norm(outputs)]
                """
        } else if model.antiAliasesProjections {
            body = """
                    layers = [conv(inputs, outputs, 1), norm(outputs)]
                    if stride > 1:
                        layers.insert(0, Blur(inputs, stride))
                """
        } else {
            body = "    layers = [conv(inputs, outputs, 1, stride), norm(outputs)]"
        }
        return """
            def project(inputs, outputs, stride):
            \(body)
                return nn.Sequential(*layers)
            """
    }

    /// A group of bottlenecks.
    static let blocks = """
        def blocks(inputs, filters, count, stride, relu=True):
            \"""Bottlenecks; the first one projects, and only the last can go without its relu.\"""
            layers = [Bottleneck(inputs, filters, stride, projects=True)]
            for index in range(1, count):
                layers.append(Bottleneck(4 * filters, filters, relu=relu or index < count - 1))
            return nn.Sequential(*layers)
        """

    /// BigLittle's stem.
    static let stemBranches = """
        class Unit(nn.Module):
            def __init__(self, inputs, outputs, size, stride=1):
                super().__init__()
                self.conv = conv(inputs, outputs, size, stride)
                self.bn = norm(outputs)

            def forward(self, x):
                return self.bn(self.conv(x))


        class Stem(nn.Module):
            \"""Two branches in the place of a max-pool.\"""
            def __init__(self, width, narrow):
                super().__init__()
                self.big = Unit(width, width, 3, 2)
                self.little = nn.ModuleList(
                    [Unit(width, narrow, 3), Unit(narrow, narrow, 3, 2), Unit(narrow, width, 1)])
                self.merge = Unit(width, width, 1)

            def forward(self, x):
                little = F.relu(self.little[1](F.relu(self.little[0](x))))
                return F.relu(self.merge(F.relu(self.big(x) + self.little[2](little))))
        """

    /// BigLittle's groups.
    static let bigLittle = """
        class BigLittle(nn.Module):
            \"""A deep branch at half the resolution beside a shallow one, merged.\"""
            def __init__(self, inputs, filters, narrow, big, little, stride):
                super().__init__()
                self.big = blocks(inputs, filters, big, 2, relu=False)
                self.little = blocks(inputs, narrow, little, 1)
                self.expand = Unit(4 * narrow, 4 * filters, 1)
                self.merge = blocks(4 * filters, filters, 1, stride)

            def forward(self, x):
                big = F.interpolate(self.big(x), scale_factor=2, mode="nearest")
                return self.merge(F.relu(self.expand(self.little(x)) + big))
        """
}
