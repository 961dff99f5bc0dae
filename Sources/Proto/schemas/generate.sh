#!/usr/bin/env bash
# Makes Sources/Proto/CProto from the .proto files here. Needs protobuf-c-compiler.
set -euo pipefail
cd "$(dirname "$0")"
target=../CProto
rm -rf "$target"
mkdir -p "$target/include"
protoc-c --c_out="$target" ./*.proto
mv "$target"/*.h "$target/include/"
{
    echo '#pragma once'
    for header in "$target"/include/*.pb-c.h; do
        echo "#include \"$(basename "$header")\""
    done
} > "$target/include/CProto.h"
