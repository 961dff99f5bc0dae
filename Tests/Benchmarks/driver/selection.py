"""Which programs are measured, and with which instructions."""

import os

# What holds oneDNN in every program that has it, MKL, PyTorch's own kernels and ours. Programs that nothing holds, or
# that compute in a type which the instructions lack, are left out.
HELD = {
    "AVX2": {
        "environment": {
            "DNNL_MAX_CPU_ISA": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2",
            "MKL_ENABLE_INSTRUCTIONS": "AVX2", "ATEN_CPU_CAPABILITY": "avx2",
        },
        "left_out": ("onnxruntime", "openvino-bf16", "torch-bf16", "ours-bf16", "ours-mixed"),
    },
}


def hold(isa):
    """Lets all programs that are started from now on use no more than some instructions."""
    os.environ.update(HELD[isa]["environment"])


def wanted(name, options):
    """Whether a program is to be measured."""
    if options.isa and name in HELD[options.isa]["left_out"]:
        return False
    prefixes = [prefix for prefix in options.programs.split(",") if prefix]
    return not prefixes or any(name.startswith(prefix) for prefix in prefixes)
