#!/usr/bin/env bash
# Runs the readers on generated inputs: Tests/Fuzz/run.sh [SECONDS [TARGET...]], each target for so many seconds.
#
# The package manager cannot link libFuzzer, so the two modules are compiled here, with the address sanitizer.
# Inputs that bring a reader down stay in fixtures/crashers.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(table bundle v1 record example event state meta objects graph saved-model pbtxt)

build=.build/fuzz
mkdir -p "$build" fixtures/crashers
sanitize=(-sanitize=fuzzer,address)
checkpoint=Sources/Checkpoint
c_flags=(-g -O1 -fsanitize=fuzzer-no-link,address -ISources/Proto/CProto/include)
objects=()
for source in Sources/Proto/CProto/*.c $checkpoint/C*/*.c; do
    object="$build/$(basename "$source" .c).o"
    if [ ! "$object" -nt "$source" ]; then clang "${c_flags[@]}" "-I$(dirname "$source")/include" -c "$source" -o "$object"; fi
    objects+=("$object")
done

# Module maps for the C targets, which the package manager makes by itself.
maps=()
map() {
    mkdir -p "$build/$1"
    printf 'module %s {\n    umbrella header "%s"\n    export *\n}\n' "$1" "$PWD/$2" \
        > "$build/$1/module.modulemap"
    maps+=(-Xcc "-fmodule-map-file=$build/$1/module.modulemap")
}
map CProto Sources/Proto/CProto/include/CProto.h
map CCRC32C $checkpoint/CCRC32C/include/CCRC32C.h
map CMappedFile $checkpoint/CMappedFile/include/CMappedFile.h
map CSHA256 $checkpoint/CSHA256/include/CSHA256.h
for module in Sources/Proto/CProtobuf $checkpoint/CSnappy $checkpoint/CZlib; do
    maps+=(-Xcc "-fmodule-map-file=$module/module.modulemap")
done
flags=(-swift-version 6 -O -g -parse-as-library -package-name reassemble -I "$build"
    -enable-upcoming-feature InternalImportsByDefault "${maps[@]}"
    -Xcc -ISources/Proto/CProto/include "${sanitize[@]}")
swiftc "${flags[@]}" -emit-module -emit-module-path "$build/Proto.swiftmodule" \
    -wmo -c -o "$build/Proto.swift.o" -module-name Proto Sources/Proto/*.swift
mapfile -t sources < <(find $checkpoint -name '*.swift' | sort)
swiftc "${flags[@]}" -emit-module -emit-module-path "$build/Checkpoint.swiftmodule" \
    -wmo -c -o "$build/Checkpoint.swift.o" -module-name Checkpoint "${sources[@]}"
swiftc "${flags[@]}" -module-name Fuzz Tests/Fuzz/fuzz.swift \
    Tests/CheckpointTests/RepairedChecksums.swift -o "$build/fuzz" \
    "$build/Proto.swift.o" "$build/Checkpoint.swift.o" "${objects[@]}" -lprotobuf-c -lsnappy -lz \
    2>&1 | { grep -v "Cannot export local symbol" || true; }

seed() {
    local corpus="$build/corpus-$1"
    mkdir -p "$corpus"
    case $1 in
        table|bundle) cp fixtures/formats/*/*.index "$corpus/" 2> /dev/null || true ;;
        v1) cp fixtures/formats/partitioned-v1/model.ckpt fixtures/formats/simple-v1/model.ckpt-77 "$corpus/" ;;
        record) cp fixtures/formats/records.gzip fixtures/formats/records.zlib "$corpus/"
            head -c 1082 fixtures/formats/records.plain > "$corpus/plain" ;;
        example) cp fixtures/formats/example.pb "$corpus/" ;;
        event) tail -c +13 fixtures/formats/events/* | head -c 24 > "$corpus/version" ;;
        state) cp fixtures/formats/dtypes/checkpoint "$corpus/" ;;
        graph) for name in cond-merge function-call unary-gelu split; do
            cp "fixtures/import/operations/$name/graph.pb" "$corpus/$name"
        done ;;
        saved-model) cp fixtures/import/hub-module/module/saved_model.pb "$corpus/" ;;
        pbtxt) cat > "$corpus/graph" << 'EOF'
node { name: "a" op: "Const" attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape { dim { size: 2 } }
  float_val: [1.5, -inf] tensor_content: "\001\x02" } } } attr { key: "l" value { list { i: 1 i: -2 s: 'x' } } } }
library { function { signature { name: "f" input_arg { name: "x" type: DT_FLOAT } } ret { key: "y" value: "x" } } }
versions { producer: 27 } # end
EOF
            ;;
        meta) cp fixtures/formats/simple-v2/model.ckpt-77.meta "$corpus/" ;;
    esac
    echo "$corpus"
}
status=0
for target in "${targets[@]}"; do
    corpus=$(seed "$target")
    folder=$(mktemp -d /dev/shm/fuzz-XXXXXX 2> /dev/null || mktemp -d)
    echo "== $target, $seconds s"
    FUZZ_TARGET=$target FUZZ_FOLDER=$folder SWIFT_BACKTRACE=enable=no \
        ASAN_OPTIONS=handle_sigbus=0:allocator_may_return_null=1 \
        "$build/fuzz" "$corpus" -max_total_time="$seconds" -max_len=16384 -rss_limit_mb=1024 \
        -malloc_limit_mb=256 -timeout=10 -print_final_stats=1 -close_fd_mask=1 \
        -artifact_prefix="fixtures/crashers/$target-" 2>&1 \
        | grep -E 'ERROR|SUMMARY|Fatal|number_of_executed|average_exec|peak_rss|crash-|timeout-|oom-' \
        || true
    [ "${PIPESTATUS[0]}" -eq 0 ] || status=1
    rm -rf "$folder"
done
if [ -n "$(ls fixtures/crashers)" ]; then
    echo "findings are in fixtures/crashers"
    status=1
else
    rmdir fixtures/crashers 2> /dev/null || true
    echo "no findings"
fi
exit $status
