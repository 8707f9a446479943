#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds with warnings as errors, and runs every test. Arguments go to ctest.
#   ./test.sh --fuzz SECONDS    feeds mutated files to every reader instead, under sanitizers, for so long in all (needs clang)
#   ./test.sh --sanitize address|thread|memcheck    every test under a sanitizer, or the core's quick ones under valgrind
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. installer/prepare.sh

fuzz() {
    local seconds=$1 targets=() target
    say "The fuzz targets need clang and its libraries for sanitizers."
    install_packages "${packages[@]}" clang
    local version
    version=$(clang --version | grep -oE 'version [0-9]+' | grep -oE '[0-9]+')
    install_packages "libclang-rt-$version-dev"
    say "Building the fuzz targets..."
    mkdir -p build
    { cmake --preset fuzz && cmake --build --preset fuzz; } >build/fuzz.log 2>&1 || { tail -n 20 build/fuzz.log >&2; exit 1; }
    build/fuzz/tests/fuzz/make_corpus build/fuzz/corpus
    mapfile -t targets < <(find build/fuzz/tests/fuzz -maxdepth 1 -name 'fuzz_*' -type f -perm -u+x | sort)
    for target in "${targets[@]}"; do
        local name=${target##*/}
        say "$name for $((seconds / ${#targets[@]})) s"
        mkdir -p "build/fuzz/corpus/$name"
        if ! "$target" -max_total_time=$((seconds / ${#targets[@]})) -timeout=30 -rss_limit_mb=2048 -max_len=65536 \
            -artifact_prefix="build/fuzz/$name-" "build/fuzz/corpus/$name" >"build/fuzz/$name.log" 2>&1; then
            tail -n 40 "build/fuzz/$name.log" >&2
            say "$name failed; the input that did it is named above, the whole log is build/fuzz/$name.log"
            exit 1
        fi
        grep -E '^Done' "build/fuzz/$name.log" >&2 || true
    done
    exit 0
}

# run_tests PRESET [ctest argument...]: what passed goes without saying.
run_tests() {
    set +e
    ctest --preset "$1" "${@:2}" 2>&1 | grep -vE '^ *Start +[0-9]+:|^ *[0-9]+/[0-9]+ Test .* Passed'
    exit "${PIPESTATUS[0]}"
}

# memcheck: reads of what was never written, and leaks, which the address sanitizer does not see all of. Slow: the core's quick tests.
memcheck() {
    install_packages valgrind
    build_preset memcheck -DHALFTONE_TESTS=ON
    local folder test failed=0
    for folder in base chat format model plan store token write; do
        for test in build/memcheck/tests/"$folder"/tst_*; do
            [ -f "$test" ] && [ -x "$test" ] || continue
            say "${test##*/}"
            timeout 900 valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
                "$test" -silent >build/memcheck.log 2>&1 && continue
            tail -n 40 build/memcheck.log >&2
            failed=1
        done
    done
    exit "$failed"
}

sanitize() {
    local kind=$1
    shift
    case $kind in
        address) build_preset asan -DHALFTONE_TESTS=ON; run_tests asan -j"$(nproc)" "$@" ;;
        thread) build_preset tsan -DHALFTONE_TESTS=ON; run_tests tsan -j1 "$@" ;;
        memcheck) memcheck ;;
        *) say "--sanitize address, thread or memcheck"; exit 2 ;;
    esac
}

if [ "${1:-}" = --fuzz ]; then fuzz "${2:-120}"; fi
install_packages "${packages[@]}" libbenchmark-dev desktop-file-utils appstream mesa-vulkan-drivers vulkan-validationlayers
if [ "${1:-}" = --sanitize ]; then sanitize "${@:2}"; fi
build_halftone -DHALFTONE_WERROR=ON -DHALFTONE_TESTS=ON
run_tests release -j"$(nproc)" "$@"
