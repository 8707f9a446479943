#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds with warnings as errors, and runs every test. Arguments go to ctest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. installer/prepare.sh

install_packages "${packages[@]}" libbenchmark-dev desktop-file-utils appstream mesa-vulkan-drivers
build_halftone -DHALFTONE_WERROR=ON -DHALFTONE_TESTS=ON
set +e
ctest --preset release -j"$(nproc)" "$@" 2>&1 | grep -vE '^ *Start +[0-9]+:|^ *[0-9]+/[0-9]+ Test .* Passed'
exit "${PIPESTATUS[0]}"
