import Foundation
import TestSupport
import Testing

@Suite
struct InspectPageTests {
    private func drawn(_ nodes: [String], _ folder: TemporaryFolder) throws -> DrawnPage {
        try DrawnPage(folder.write(Array(nodes.joined().utf8), to: "graph.pbtxt"), in: folder)
    }

    @Test("constants are tensors of what takes them, with their numbers looked at")
    func statistics() throws {
        let folder = try TemporaryFolder()
        let page = try drawn(
            [
                GraphText.pictures("x", [-1, 4, 4, 1]),
                GraphText.constant(
                    "layer/w",
                    [6],
                    ["1", "-3", "0", "nan", "inf", "6"].map { "float_val: \($0) " }.joined()
                ), GraphText.node("layer/read", "Identity", ["layer/w"]),
                GraphText.node("layer/out", "BiasAdd", ["x", "layer/read"]),
            ],
            folder
        )
        let boxes = try page.boxes()
        #expect(boxes.map(\.path) == ["x", "layer/out"])
        #expect(boxes[1].inputs == [0])
        let number = try #require(boxes[1].weights["bias"])
        let tensor = page.tensors[number]
        #expect(tensor[0] as? String == "layer/w")
        #expect(tensor[1] as? String == "float32")
        #expect(tensor[2] as? [Int] == [6])
        let found = try #require(tensor[4] as? [Any])
        // Of 1, -3, 0, 6: the mean is 1, the squares of the distances are 0, 16, 1, 25.
        #expect(found[0] as? Double == -3 && found[1] as? Double == 6 && found[2] as? Double == 1)
        #expect(abs((found[3] as? Double ?? 0) - 10.5.squareRoot()) < 1e-12)
        #expect(found[5] as? Int == 1 && found[6] as? Int == 1 && found[7] as? Int == 1)
        let parts = try #require(found[8] as? [Int])
        #expect(parts.count == 24 && parts.reduce(0, +) == 4)
        // A part is 9 / 24 wide: -3, 0, 1 and 6 are in the parts 0, 8, 10 and the last.
        #expect(parts[0] == 1 && parts[8] == 1 && parts[10] == 1 && parts[23] == 1)
    }

    @Test("shapes follow from the pictures' and the weights'")
    func shapes() throws {
        let folder = try TemporaryFolder()
        func window(_ padding: String, _ stride: Int, _ size: Int? = nil) -> [String] {
            let list = [1, stride, stride, 1].map { "i: \($0)" }.joined(separator: " ")
            var all = [
                GraphText.attribute("padding", "s: \"\(padding)\""),
                GraphText.attribute("strides", "list { \(list) }"),
            ]
            if let size {
                all.append(GraphText.attribute("ksize", "list { i: 1 i: \(size) i: \(size) i: 1 }"))
            }
            return all
        }
        func integers(_ name: String, _ values: [Int], _ shape: [Int]) -> String {
            GraphText.constant(
                name,
                shape,
                values.map { "int_val: \($0)" }.joined(separator: " "),
                type: "DT_INT32"
            )
        }
        let page = try drawn(
            [
                GraphText.pictures("x", [-1, 225, 224, 3]),
                GraphText.constant("w", [7, 7, 3, 64], "float_val: 1"),
                GraphText.constant("d", [3, 3, 64, 2], "float_val: 1"),
                GraphText.constant("k", [128, 10], "float_val: 1")
                    + integers("pads", [0, 0, 1, 2, 3, 4, 0, 0], [4, 2])
                    + integers("axes", [1, 2], [2])
                    + integers("two", [-1, 2, 64], [3]),
                GraphText.node("conv", "Conv2D", ["x", "w"], window("SAME", 2)),
                GraphText.node("valid", "Conv2D", ["x", "w"], window("VALID", 2)),
                GraphText.node("pool", "MaxPool", ["conv"], window("VALID", 2, 3)),
                GraphText.node(
                    "depth",
                    "DepthwiseConv2dNative",
                    ["pool", "d"],
                    window("SAME", 1)
                ),
                GraphText.node("padded", "Pad", ["depth", "pads"]),
                GraphText.node("mean", "Mean", ["padded", "axes"]),
                GraphText.node(
                    "kept",
                    "Mean",
                    ["padded", "axes"],
                    [GraphText.attribute("keep_dims", "b: true")]
                ), GraphText.node("logits", "MatMul", ["mean", "k"]),
                GraphText.node("shaped", "Reshape", ["mean", "two"]),
                GraphText.node("sum", "AddV2", ["kept", "depth"]),
                GraphText.node("odd", "Mystery", ["sum"]),
            ],
            folder
        )
        func shape(_ name: String) throws -> [String] { try page.box(name).outputs }
        // By TensorFlow's rules: SAME is the extent over the stride, rounded up; VALID what fits.
        #expect(try shape("x") == ["float32 [?, 225, 224, 3]"])
        #expect(try shape("conv") == ["[?, 113, 112, 64]"])
        #expect(try shape("valid") == ["[?, 110, 109, 64]"])
        #expect(try shape("pool") == ["[?, 56, 55, 64]"])
        #expect(try shape("depth") == ["[?, 56, 55, 128]"])
        #expect(try shape("padded") == ["[?, 59, 62, 128]"])
        #expect(try shape("mean") == ["[?, 128]"])
        #expect(try shape("kept") == ["[?, 1, 1, 128]"])
        #expect(try shape("logits") == ["[?, 10]"])
        #expect(try shape("shaped") == ["[?, 2, 64]"])
        #expect(try shape("sum") == ["[?, 56, 55, 128]"])
        #expect(try shape("odd") == [])
    }

    @Test("no name of a file means anything to the page")
    func injection() throws {
        let folder = try TemporaryFolder()
        let evil = "</script><script>alert(1)</script>"
        let page = try drawn(
            [
                GraphText.node("\(evil)/<img src=x onerror=alert(1)>", "Relu", []),
                GraphText.node("\\\"'`&<!--", "Relu", []),
                GraphText.node("\\377\\376/a", "Relu", []),
                GraphText.node("\\342\\200\\256left\\342\\200\\250", "Relu", []),
                GraphText.node("\\033[31m", "Relu", []),
            ],
            folder
        )
        #expect(page.text.components(separatedBy: "<script").count == 3)
        #expect(!page.text.contains("<img"))
        #expect(!page.text.contains("\u{202E}") && !page.text.contains("\u{2028}"))
        #expect(!page.text.contains("\u{1B}"))
        let paths = try page.boxes().map(\.path)
        #expect(paths[0] == "\(evil)/<img src=x onerror=alert(1)>")
        #expect(paths[1] == "\"'`&<!--")
        #expect(paths[4] == "\\x1b[31m")
    }

    @Test(
        "a long name is cut, and says how long it is; slashes without end are no scopes without end"
    )
    func longNames() throws {
        let folder = try TemporaryFolder()
        let page = try drawn(
            [
                GraphText.node(String(repeating: "x", count: 1 << 20), "Relu", []),
                GraphText.node(String(repeating: "x", count: 1 << 20) + "y/z", "Relu", []),
                GraphText.node(String(repeating: "a/", count: 5000) + "b", "Relu", []),
            ],
            folder
        )
        #expect(page.text.utf8.count < 200_000)
        let boxes = try page.boxes()
        #expect(boxes[0].label.hasSuffix("… (1048576 bytes)"))
        #expect((page.graphs[0]["scopes"] as? [Any])?.count == 25)
    }

    @Test("rings are drawn as they are, also of reads and of a node with itself")
    func rings() throws {
        let folder = try TemporaryFolder()
        let page = try drawn(
            [
                GraphText.node("a", "Relu", ["b"]), GraphText.node("b", "Relu", ["a"]),
                GraphText.node("self", "Relu", ["self"]),
                GraphText.node("c", "Identity", ["d"]), GraphText.node("d", "Identity", ["c"]),
                GraphText.node("lost", "Relu", ["nowhere"]),
            ],
            folder
        )
        let boxes = try page.boxes()
        #expect(boxes.map(\.path) == ["a", "b", "self", "c", "d", "lost"])
        #expect(boxes.map(\.inputs) == [[1], [0], [2], [4], [3], [-1]])
    }

    @Test("a page holds so many boxes, and says what is not on it")
    func bounded() throws {
        let folder = try TemporaryFolder()
        var nodes = [GraphText.node("n0", "Placeholder", [])]
        for number in 1..<30_000 {
            nodes.append(GraphText.node("n\(number)", "Relu", ["n\(number - 1)"]))
        }
        let page = try drawn(nodes, folder)
        #expect(try page.boxes().count == 20_000)
        #expect(page.omissions.contains("10000 operations are not drawn: a page holds 20000"))
    }

    @Test("a checkpoint of the family is drawn as the engine computes it, with its variables")
    func family() throws {
        let page = try DrawnPage(Fixture.path("tiny/model"), in: TemporaryFolder())
        let boxes = try page.boxes()
        #expect(boxes[0].operation == "Input" && boxes[0].outputs == ["float32 [?, 224, 224, 3]"])
        #expect(boxes.last?.outputs == ["float32 [?, 11]"])
        #expect(
            Set(boxes.map { $0.path.split(separator: "/")[0] }).isSuperset(of: ["stem", "head"])
        )
        let kernels = boxes.filter { $0.operation == "Convolution" }
        #expect(kernels.count > 50 && kernels.allSatisfy { $0.weights["kernel"] != nil })
        let names = Set(
            try kernels.map { box -> String in
                let tensor = page.tensors[try #require(box.weights["kernel"])]
                #expect(tensor[4] is [Any])
                return try #require(tensor[0] as? String)
            }
        )
        #expect(names.count == kernels.count && names.contains("resnet_model/stage0/conv2d/kernel"))
        // All 803 tensors of the checkpoint are there, slots too.
        #expect(page.tensors.count >= 803)
    }

    @Test("an ONNX model is drawn with the shapes that follow from its input's")
    func onnx() throws {
        let folder = try TemporaryFolder()
        let model = folder.path("model.onnx")
        let settings = [
            "--preprocessing_type=imagenet_096", "--use_sk_block=True", "--anti_alias_type=sconv",
            "--anti_alias_filter_size=3",
        ]
        let made = try Tool.run("convert", [Fixture.path("tiny/model"), "-o", model] + settings)
        #expect(made.exitCode == 0, "\(made.errors)")
        let page = try DrawnPage(model, in: folder)
        let boxes = try page.boxes()
        let convolutions = boxes.filter { $0.operation == "Conv" }
        #expect(convolutions.count > 50 && convolutions.allSatisfy { $0.weights["W"] != nil })
        #expect(convolutions.allSatisfy { $0.kind == "layer" && $0.outputs.count == 1 })
        let tensor = page.tensors[try #require(convolutions[0].weights["W"])]
        #expect((tensor[4] as? [Any])?.count == 9)
        #expect(boxes.filter { $0.kind == "ends" }.count >= 2)
        #expect(boxes.allSatisfy { $0.inputs.allSatisfy { $0 >= 0 } })
    }

    @Test(
        "a SavedModel is drawn as inference computes it, with the values of its variables",
        arguments: ["import/hub-module/module", "import/partitioned/saved_model"]
    )
    func savedModel(path: String) throws {
        let page = try DrawnPage(Fixture.path(path), in: TemporaryFolder())
        let boxes = try page.boxes()
        #expect(boxes.contains { $0.kind == "layer" })
        let tensors = boxes.flatMap(\.weights.values)
        #expect(!tensors.isEmpty)
        for number in tensors where page.tensors[number][1] as? String == "float32" {
            #expect(page.tensors[number][4] is [Any], "\(page.tensors[number])")
        }
    }

    @Test("a checkpoint with its graph is drawn as that; one without, as the parts of its names")
    func foreign() throws {
        let folder = try TemporaryFolder()
        let whole = try DrawnPage(Fixture.path("import/partitioned/model.ckpt"), in: folder)
        #expect(try whole.boxes().contains { !$0.inputs.isEmpty })
        for ending in [".index", ".data-00000-of-00001"] {
            try folder.write(
                Fixture.bytes("formats/partitioned-v2/model.ckpt" + ending),
                to: "alone" + ending
            )
        }
        let alone = try DrawnPage(folder.path("alone"), in: folder)
        let boxes = try alone.boxes()
        #expect(!boxes.isEmpty && boxes.allSatisfy { $0.inputs.isEmpty && $0.kind == "data" })
        #expect(boxes.map(\.path).contains("q/wide"))
        #expect((alone.graphs[0]["note"] as? String)?.contains("No graph is known") == true)
    }

    @Test("functions are drawings of their own, and calls say which")
    func functions() throws {
        let folder = try TemporaryFolder()
        let library = """
            node { name: "call" op: "PartitionedCall" input: "x" \
            attr { key: "f" value { func { name: "inner" } } } \
            attr { key: "Tin" value { list { type: DT_FLOAT } } } \
            attr { key: "Tout" value { list { type: DT_FLOAT } } } }
            library { function { signature { name: "inner" input_arg { name: "a" type: DT_FLOAT } \
            output_arg { name: "r" type: DT_FLOAT } } \
            node_def { name: "twice" op: "AddV2" input: "a" input: "a" } \
            ret { key: "r" value: "twice:z:0" } } }

            """
        let page = try drawn([GraphText.pictures("x", [-1, 4]), library], folder)
        let names = page.graphs.compactMap { $0["name"] as? String }
        let inner = try #require(names.firstIndex(of: "inner"))
        let whole = try #require(names.firstIndex { $0.contains("graph") })
        #expect(try page.box("call", in: whole).called == "inner")
        let boxes = try page.boxes(inner)
        #expect(boxes.map(\.operation) == ["_Arg", "AddV2", "_Retval"])
        #expect(boxes.map(\.inputs) == [[], [0, 0], [1]])
    }
}
