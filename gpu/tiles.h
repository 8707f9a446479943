// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/progress.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace halftone::gpu {

/// A run of weights that a device works on in one submit.
struct Tile {
    std::size_t first = 0, weights = 0;
    std::size_t slot = 0;  ///< of kTileSlots, whose buffers it uses
};
constexpr std::size_t kTileSlots = 2;

/// How long the weights of one kind of work take, measured as they come back; so that a submit takes some tens of milliseconds.
class Pace {
public:
    using Clock = std::chrono::steady_clock;

    /// Whole units, at least one, at most `most` weights.
    std::size_t tileWeights(std::size_t unit, std::size_t most) const
    {
        const double wanted = m_secondsPerWeight > 0 ? kSecondsPerTile / m_secondsPerWeight : kFirst;
        return std::max(unit, std::size_t(std::clamp(wanted, kLeast, double(most))) / unit * unit);
    }
    /// A tile that was started then is done: what it took without the one before it is at most what the device was busy.
    void measure(std::size_t weights, Clock::time_point started)
    {
        const Clock::time_point now = Clock::now();
        m_secondsPerWeight = std::chrono::duration<double>(now - std::max(started, m_last)).count() / double(weights);
        m_last = now;
    }

private:
    static constexpr double kSecondsPerTile = 0.03, kFirst = 1 << 15, kLeast = 1 << 12;
    double m_secondsPerWeight = 0;
    Clock::time_point m_last;
};

/// Calls launch(tile) for the tiles of `total` weights in order, and land(tile) for each once its successor is launched: while one is
/// computed the next is on its way. Looks at the progress before each launch.
template <class Launch, class Land>
void forTiles(std::size_t total, std::size_t unit, std::size_t most, Pace& pace, Progress& progress, const Launch& launch, const Land& land)
{
    struct Launched {
        Tile tile;
        Pace::Clock::time_point started;
    };
    Launched launched[kTileSlots];
    std::size_t next = 0, started = 0, landed = 0;
    while (landed < started || next < total) {
        if (next < total && started - landed < kTileSlots) {
            progress.checkpoint();
            Launched& current = launched[started % kTileSlots];
            current = {{next, std::min(pace.tileWeights(unit, most), total - next), started % kTileSlots}, Pace::Clock::now()};
            ++started;
            launch(current.tile);
            next += current.tile.weights;
        } else {
            const Launched& current = launched[landed++ % kTileSlots];
            land(current.tile);
            pace.measure(current.tile.weights, current.started);
        }
    }
}

}  // namespace halftone::gpu
