# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by run.sh and test.sh: installs what is missing and builds Release. Debian 12, Ubuntu 24.04 or later.
# Quiet on success; on failure the last lines of what went wrong.

packages=(
    build-essential cmake ninja-build pkg-config
    qt6-base-dev qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools qt6-translations-l10n libgl-dev
    libqcustomplot-dev libspdlog-dev libeigen3-dev libhwy-dev libtbb-dev nlohmann-json3-dev libcli11-dev
    libpcre2-dev libutf8proc-dev libsqlite3-dev libxxhash-dev libzstd-dev libvulkan-dev libvulkan-volk-dev glslc fonts-noto-core
)
# Qt Svg's development package has another name on each system.
if apt-cache show qt6-svg-dev >/dev/null 2>&1; then packages+=(qt6-svg-dev); else packages+=(libqt6svg6-dev); fi

say() { printf '%s\n' "$*" >&2; }

# missing PACKAGE...: those that dpkg does not list as installed. dpkg-query fails when it knows nothing of one of them.
missing() {
    { dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null || true; } | awk '$1 == "ii" {print $2}' | sort -u >"$scratch/installed"
    printf '%s\n' "$@" | sort -u | comm -23 - "$scratch/installed"
}

# install_packages PACKAGE...: asks nothing; without root or a sudo that needs no password, says the line to type.
install_packages() {
    local wanted=() apt=()
    mapfile -t wanted < <(missing "$@")
    [ ${#wanted[@]} -gt 0 ] || return 0
    if [ "$(id -u)" = 0 ]; then
        apt=(env DEBIAN_FRONTEND=noninteractive apt-get)
    elif sudo -n true 2>/dev/null; then
        apt=(sudo -n DEBIAN_FRONTEND=noninteractive apt-get)
    else
        say "Halftone needs some packages. Please type this, then start again:"
        say "    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${wanted[*]}"
        exit 1
    fi
    say "Installing: ${wanted[*]}"
    if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${wanted[@]}"; } >"$scratch/apt.log" 2>&1; then
        tail -n 20 "$scratch/apt.log" >&2
        say "These packages could not be installed, see the lines above: ${wanted[*]}"
        exit 1
    fi
}

# build_halftone [cmake option...]: the release preset.
build_halftone() { build_preset release "$@"; }

# build_preset PRESET [cmake option...]: configures when needed and builds; the log is build/PRESET.log.
build_preset() {
    mkdir -p build
    local preset=$1 log=build/$1.log options=("${@:2}")
    command -v ccache >/dev/null && options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    if ! cmake --preset "$preset" "${options[@]}" >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        say "Configuring failed; the whole log is $log"
        exit 1
    fi
    [ -x "build/$preset/app/halftone" ] || say "Building Halftone; the first time takes some minutes..."
    if ! cmake --build --preset "$preset" >>"$log" 2>&1; then
        grep -E 'error|Error|FAILED' "$log" | head -n 20 >&2
        tail -n 20 "$log" >&2
        say "Building failed; the whole log is $log"
        exit 1
    fi
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
