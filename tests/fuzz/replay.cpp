// SPDX-License-Identifier: GPL-3.0-or-later
// replay RUNS FOLDER [--verbose]: gives a fuzz target every file of the folder, then about RUNS cut and mutated ones, the same each
// time. So any compiler's tests hold the targets' promises; what breaks one crashes or hangs here, and --verbose names it.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

class Replay {
public:
    Replay(std::size_t runs, bool verbose) : m_runs(runs), m_verbose(verbose) {}

    void file(const std::filesystem::path& path)
    {
        m_name = path.filename().string();
        std::ifstream stream(path, std::ios::binary);
        const Bytes sound{std::istreambuf_iterator<char>(stream), {}};
        give(sound, "as it is");
        const std::size_t step = std::max<std::size_t>(1, sound.size() / (m_runs / 2 + 1));
        for (std::size_t kept = 0; kept < sound.size(); kept += step)
            give({sound.begin(), sound.begin() + std::ptrdiff_t(kept)}, "cut at " + std::to_string(kept));
        for (std::size_t run = 0; run < m_runs / 2; ++run)
            give(mutated(sound, std::uint32_t(run)), "mutation " + std::to_string(run));
    }
    std::size_t given() const { return m_given; }

private:
    void give(const Bytes& bytes, const std::string& what)
    {
        if (m_verbose)
            std::fprintf(stderr, "%s, %s\n", m_name.c_str(), what.c_str());
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
        ++m_given;
    }

    /// One to four changes: a byte, eight bytes that make a number large, a piece left out or said twice.
    static Bytes mutated(Bytes bytes, std::uint32_t seed)
    {
        static constexpr std::array<std::uint8_t, 6> kBytes{0x00, 0x01, 0x7F, 0x80, 0xFF, '"'};
        std::mt19937 random(seed);
        for (std::uint32_t left = 1 + random() % 4; left > 0 && !bytes.empty(); --left) {
            const std::size_t at = random() % bytes.size(), length = std::min<std::size_t>(bytes.size() - at, 1 + random() % 16);
            const auto first = bytes.begin() + std::ptrdiff_t(at), last = first + std::ptrdiff_t(length);
            switch (random() % 5) {
            case 0: *first ^= std::uint8_t(1u << random() % 8); break;
            case 1: *first = kBytes[random() % kBytes.size()]; break;
            case 2: std::fill_n(first, std::min<std::size_t>(8, bytes.size() - at), kBytes[random() % kBytes.size()]); break;
            case 3: bytes.erase(first, last); break;
            default: {
                const Bytes piece(first, last);
                bytes.insert(first, piece.begin(), piece.end());
            }
            }
        }
        return bytes;
    }

    std::size_t m_runs, m_given = 0;
    bool m_verbose;
    std::string m_name;
};

}  // namespace

int main(int count, char** arguments)
{
    if (count < 3)
        return std::fputs("replay RUNS FOLDER [--verbose]\n", stderr), 2;
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(arguments[2]))
        files.push_back(file.path());
    std::ranges::sort(files);
    if (files.empty())
        return std::fputs("there is no input in the folder\n", stderr), 2;
    Replay replay(std::strtoul(arguments[1], nullptr, 10) / files.size(), count > 3 && std::strcmp(arguments[3], "--verbose") == 0);
    for (const auto& file : files)
        replay.file(file);
    std::printf("%zu inputs\n", replay.given());
    return 0;
}
