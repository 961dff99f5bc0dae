"""Graphs in protobuf's text format, made for looking at."""


def node(name, operation, inputs=(), more=""):
    """A node; names are bytes, and may be any."""
    if isinstance(name, str):
        name = name.encode()
    escaped = "".join(
        chr(b) if 0x20 <= b < 0x7F and chr(b) not in "\"\\'" else f"\\{b:03o}" for b in name
    )
    text = f'node {{ name: "{escaped}" op: "{operation}"'
    for source in inputs:
        text += ' input: "' + source.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return (text + more + " }\n").encode()


def picture(side):
    return (
        ' attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape {'
        f" dim {{ size: -1 }} dim {{ size: {side} }} dim {{ size: {side} }} dim {{ size: 3 }} }} }} }}"
    )


def constant(name, shape):
    dims = " ".join(f"dim {{ size: {d} }}" for d in shape)
    return node(
        name, "Const", (),
        ' attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "value" value { tensor { dtype: DT_FLOAT'
        f" tensor_shape {{ {dims} }} float_val: 0.5 float_val: -0.25 }} }} }}",
    )


WINDOW = (
    ' attr { key: "T" value { type: DT_FLOAT } } attr { key: "padding" value { s: "SAME" } }'
    ' attr { key: "strides" value { list { i: 1 i: 1 i: 1 i: 1 } } }'
)


def cells(count=24):
    """A network of cells of blocks of separable convolutions, as NASNet is: some 2,400 operations."""
    text = node("input", "Placeholder", (), picture(64))
    last = before = "input"
    for cell in range(count):
        outs = [last, before]
        for block in range(5):
            sides = []
            for side in range(2):
                value = outs[(block * 7 + side * 3 + cell) % len(outs)]
                for part in range(2):
                    scope = f"cell_{cell}/block_{block}/{'left' if side == 0 else 'right'}/separable_{part}"
                    text += node(f"{scope}/Relu", "Relu", [value])
                    text += constant(f"{scope}/depthwise_weights", [3, 3, 3, 1])
                    text += node(f"{scope}/depthwise", "DepthwiseConv2dNative", [f"{scope}/Relu", f"{scope}/depthwise_weights"], WINDOW)
                    text += constant(f"{scope}/pointwise_weights", [1, 1, 3, 3])
                    text += node(f"{scope}/pointwise", "Conv2D", [f"{scope}/depthwise", f"{scope}/pointwise_weights"], WINDOW)
                    text += node(f"{scope}/scaled", "Mul", [f"{scope}/pointwise", f"{scope}/pointwise_weights"])
                    text += node(f"{scope}/shifted", "BiasAdd", [f"{scope}/scaled", f"{scope}/pointwise_weights"])
                    value = f"{scope}/shifted"
                sides.append(value)
            text += node(f"cell_{cell}/block_{block}/add", "AddV2", sides)
            outs.append(f"cell_{cell}/block_{block}/add")
        text += node(f"cell_{cell}/mean", "AddN", outs[2:])
        before, last = last, f"cell_{cell}/mean"
    return text + node("logits", "Softmax", [last])


def chain(count):
    """Operations one behind the other, in no scope."""
    parts = [node("n0", "Placeholder")]
    parts += [node(f"n{i}", "Relu", [f"n{i - 1}"]) for i in range(1, count)]
    return b"".join(parts)


def hostile():
    """Names that would run if a page let them, rings, bytes that are no UTF-8, and a name of a megabyte."""
    evil = "</script><script>window.wasHere=1</script>"
    image = "<img src=x onerror=window.wasHere=1>"
    text = node("input", "Placeholder", (), picture(8))
    text += node(evil + "/" + image, "Relu", ["input"])
    text += node('"\'`${window.wasHere=1}<!--', "Relu", [evil + "/" + image])
    text += node(b"bytes \xff\xfe/\x80\x01\x1b[31m", "Tanh", ["input"])
    text += node("right\u202eto left\u2028line", "Tanh", ["input"])
    text += node("ring/a", "AddV2", ["input", "ring/b"])
    text += node("ring/b", "Relu", ["ring/a"])
    text += node("self", "AddV2", ["self", "self"])
    text += node("x" * (1 << 20) + "/" + "y" * 4096, "Relu", ["nowhere", "input"])
    text += node("/".join(["deep"] * 5000), "Relu", ["input"])
    text += node("one/x", "Relu", ["input"]) + node("two/x", "Relu", ["one/x"]) + node("one/y", "Relu", ["two/x"])
    return text
