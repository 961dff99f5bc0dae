#!/usr/bin/env bash
# Runs the readers on generated inputs: Tests/Fuzz/run.sh [SECONDS [TARGET...]], each target for so many seconds.
#
# The package manager cannot link libFuzzer: it builds the modules, with the address sanitizer, and the rest is done here.
# Inputs that bring a reader down stay in fixtures/crashers.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(table bundle v1 record example event state meta objects graph saved-model pbtxt
    safetensors npz npy mat csv hparams certificate partial import import-model onnx)

build=.build/fuzz
mkdir -p fixtures/crashers
# What only C modules stand on is not built with the others.
for target in Convert CProcessor; do
    swift build -c release --scratch-path "$build" --sanitize address --target "$target" \
        -Xswiftc -sanitize=fuzzer -Xswiftc -g -Xcc -fsanitize=fuzzer-no-link
done
products=$build/release
# Which package this is, and the module maps of its C targets, as the package manager calls them.
package=$(sed -n 's/.*"-package-name","\([^"]*\)".*/\1/p' "$build/release.yaml" | head -1)
maps=()
while read -r map; do maps+=(-Xcc "$map"); done \
    < <(grep -o -e '-fmodule-map-file=[^"]*' "$build/release.yaml" | sort -u)
mapfile -t objects < <(find "$products"/*.build -name '*.o' | sort)
swiftc -swift-version 6 -O -g -parse-as-library -package-name "$package" -I "$products/Modules" "${maps[@]}" \
    -sanitize=fuzzer,address -module-name Fuzz Tests/Fuzz/fuzz.swift Tests/CheckpointTests/RepairedChecksums.swift \
    -o "$build/fuzz" "${objects[@]}" -ldnnl -lgomp -ljpeg -lpng -lprotobuf-c -lsnappy -lz -lm \
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
        safetensors) cp fixtures/inspect/two.safetensors "$corpus/" ;;
        npz) cp fixtures/inspect/*.npz "$corpus/" ;;
        npy) for file in fixtures/numpy/*.npy; do head -c 4096 "$file" > "$corpus/$(basename "$file")"; done ;;
        mat) for file in fixtures/matlab/*.mat; do head -c 16384 "$file" > "$corpus/$(basename "$file")"; done ;;
        csv) printf 'a.jpg,0.5,-1e3\nb.jpg,nan,2\n' > "$corpus/two"; printf '"a,""b.jpg",1\r\n' > "$corpus/quoted" ;;
        hparams) printf '{"anti_alias_type":"sconv,proj","anti_alias_filter_size":3,"pool_type":"gem","no_downsample":true,
"preprocessing_type":"imagenet_224_256a","image_size":224,"dct_method":"INTEGER_FAST","label_offset":1,"x":[1,null]}' \
            > "$corpus/flags" ;;
        certificate) .build/release/convert fixtures/tiny/model --only '/beta$' -o "$build/betas.safetensors" --force \
            --certificate "$corpus/betas" > /dev/null 2>&1 || printf '{"schema":"reassemble.certificate"}' > "$corpus/short" ;;
        partial) rm -f "$corpus/tiny"
            .build/release/eval --model-dir fixtures/tiny/model --data-dir fixtures/tiny/data -p imagenet_096 --anti-alias-type sconv \
                --anti-alias-filter-size 3 -n 2 --shard 0/2 --partial "$corpus/tiny" > /dev/null 2>&1 \
                && truncate -s -32 "$corpus/tiny" || printf 'reassemble.partial 1\n2\n{}' > "$corpus/empty" ;;
        import) for name in cond-merge function-call unary-gelu split conv-00 batch-norm dropout-rate-0; do
            cp "fixtures/import/operations/$name/graph.pb" "$corpus/$name"
        done ;;
        import-model) cp fixtures/import/hub-module/module/saved_model.pb "$corpus/" ;;
        onnx) for name in conv-groups conv-upper pool-max gemm norm-batch reshape-counted slice resize-linear resize-nearest constants; do
            cp "fixtures/onnx/$name.onnx" "$corpus/$name" 2> /dev/null || true
        done ;;
        meta) cp fixtures/formats/simple-v2/model.ckpt-77.meta "$corpus/" ;;
    esac
    echo "$corpus"
}
status=0
for target in "${targets[@]}"; do
    corpus=$(seed "$target")
    folder=$(mktemp -d /dev/shm/fuzz-XXXXXX 2> /dev/null || mktemp -d)
    echo "== $target, $seconds s"
    # Another run beside this one may have ended, and taken it away.
    mkdir -p fixtures/crashers
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
