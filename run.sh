#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds, and starts Halftone on the sample model. Arguments go to the program.
# Without a display it does the same job headless: the 2- to 8-bit family as files, a table, the texts, pictures of the window.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. installer/prepare.sh

install_packages "${packages[@]}"
build_halftone
sample=resources/sample/fairytale-7m-f16.gguf

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ $# -gt 0 ]; then
    [ $# -gt 0 ] || set -- "$sample"
    rm -rf "$scratch"
    exec build/release/app/halftone "$@"
fi

out=out/family
mkdir -p "$out"
say "There is no display: quantizing the sample model to $out, measuring, and drawing the window."
build/release/app/cli/halftone-cli family "$sample" "$out" --text resources/sample/eval.txt --prompt "Once upon a time" --temperature 0 ${CI:+--quiet}
build/release/app/halftone --render out/pictures "$sample" >"$scratch/render.log" 2>&1 || { cat "$scratch/render.log" >&2; exit 1; }
echo
echo "The quantized models are in $PWD/$out, pictures of the window in $PWD/out/pictures."
