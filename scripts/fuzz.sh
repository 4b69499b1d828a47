#!/usr/bin/env bash
# Looks for files that make a reader panic, hang or take too much memory: libFuzzer mutates those in
# tests/hostile/__fuzz__, guided by what is executed. Needs a C++ compiler; any Rust will do.
#
#     scripts/fuzz.sh [TEST...] [-- OPTION...]     # every test of tests/hostile, a million inputs each
#     scripts/fuzz.sh tables::parquet -- -runs=10000000
#
# The first call builds for a quarter of an hour; a million inputs take two to fifteen minutes a test. TESTs are named
# as by `cargo test --test hostile -- --list`, OPTIONs are libFuzzer's. Found are
#
# - inputs that make a test fail: they go to `crashes` of its folder, to be committed: `cargo test` tries them again;
# - inputs that execute something new: they go to FUZZ_CORPUS (default: target/fuzz-corpus). Few of them execute all
#   that all of them do; this puts these few into `corpus`, to be committed, in place of what is there:
#
#     scripts/fuzz.sh --merge [TEST...]
set -euo pipefail
if [[ "${1:-}" == --help || "${1:-}" == -h ]]; then
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
    exit
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CARGO_TARGET_DIR="${FUZZ_TARGET_DIR:-target/fuzz}"
found="${FUZZ_CORPUS:-target/fuzz-corpus}"

merge=
if [[ "${1:-}" == --merge ]]; then merge=1; shift; fi
tests=() options=()
while [[ $# -gt 0 ]]; do
    if [[ "$1" == -- ]]; then shift; options=("$@"); break; fi
    tests+=("$1"); shift
done

flags="--cfg fuzzing --cfg fuzzing_libfuzzer -Cpasses=sancov-module"
for flag in level=4 inline-8bit-counters pc-table trace-compares; do
    flags+=" -Cllvm-args=-sanitizer-coverage-$flag"
done
# The program itself is linked as well, though nothing runs it, and has no libFuzzer.
flags+=" -Clink-arg=-Wl,--warn-unresolved-symbols"
# A target that is named keeps the flags from build scripts.
host=$(rustc -vV | sed -n 's/^host: //p')
build() {
    RUSTFLAGS="$flags" BOLERO_FUZZER=libfuzzer cargo test --locked --profile fuzz --target "$host" --test hostile \
        --no-run --message-format=json "$@"
}
program=$(build | sed -n 's/.*"executable":"\([^"]*hostile-[^"]*\)".*/\1/p' | tail -n 1)
if [[ ${#tests[@]} -eq 0 ]]; then
    mapfile -t tests < <(ls tests/hostile/__fuzz__ | sed 's/__/::/')
fi

status=0
for test in "${tests[@]}"; do
    folder="tests/hostile/__fuzz__/${test/::/__}"
    new="$found/${test/::/__}"
    mkdir -p "$folder/corpus" "$folder/crashes" "$new"
    if [[ -n "$merge" ]]; then
        kept=$(mktemp -d)
        arguments="-merge=1 $kept $new $folder/corpus"
    else
        arguments="-runs=1000000 -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 -artifact_prefix=$folder/crashes/"
        arguments+=" ${options[*]} $new $folder/corpus $folder/crashes"
    fi
    echo "==> $test"
    if BOLERO_TEST_NAME="$test" BOLERO_LIBTEST_HARNESS=1 BOLERO_LIBFUZZER_ARGS="$arguments" \
        "$program" "$test" --exact --nocapture --quiet --test-threads 1; then
        if [[ -n "$merge" ]]; then
            rm -r "$folder/corpus" && mv "$kept" "$folder/corpus" && chmod 755 "$folder/corpus"
        fi
    else
        status=1
    fi
    rmdir "$folder/crashes" 2>/dev/null || true
done
exit "$status"
