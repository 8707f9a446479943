// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/heat_map.h"

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/row_reader.h"
#include "core/model/tensor.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace halftone::inspect {
namespace {

constexpr std::size_t kPiece = 4096;   // weights decoded at once; a multiple of every block size

/// Sums of one row of cells.
struct CellRow {
    std::vector<double> sum;
    std::vector<std::uint64_t> count;
    std::vector<float> max;
    explicit CellRow(std::size_t width) : sum(width), count(width), max(width) {}
};

class Pass {
public:
    Pass(const RowReader& reader, HeatMap& map) : m_reader(reader), m_map(map), m_cellOf(map.columns)
    {
        for (std::uint32_t x = 0; x < map.width; ++x)
            std::fill(m_cellOf.begin() + std::ptrdiff_t(map.firstColumn(x)), m_cellOf.begin() + std::ptrdiff_t(map.firstColumn(x + 1)), x);
    }

    /// Fills the cells of cell row `y` from the tensor's rows behind it.
    void run(std::uint32_t y, Progress& progress) const
    {
        RowReader reader = m_reader;
        CellRow cells(m_map.width);
        for (std::uint64_t row = m_map.firstRow(y); row < m_map.firstRow(y + 1); ++row) {
            progress.checkpoint();
            addRow(reader, row, cells);
            progress.advance(reader.rowBytes());
        }
        for (std::uint32_t x = 0; x < m_map.width; ++x) {
            const std::size_t cell = std::size_t(y) * m_map.width + x;
            m_map.mean[cell] = cells.count[x] ? float(cells.sum[x] / double(cells.count[x])) : 0.0f;
            m_map.max[cell] = cells.max[x];
        }
    }

private:
    void addRow(RowReader& reader, std::uint64_t row, CellRow& cells) const
    {
        std::array<float, kPiece> weights;
        for (std::uint64_t first = 0; first < m_map.columns; first += kPiece) {
            const std::size_t count = std::min<std::uint64_t>(kPiece, m_map.columns - first);
            reader.read(row, first, std::span(weights).first(count));
            for (std::size_t i = 0; i < count; ++i) {
                const float magnitude = std::abs(weights[i]);
                if (!std::isfinite(magnitude))
                    continue;
                const std::uint32_t x = m_cellOf[first + i];
                cells.sum[x] += magnitude;
                ++cells.count[x];
                cells.max[x] = std::max(cells.max[x], magnitude);
            }
        }
    }

    const RowReader& m_reader;
    HeatMap& m_map;
    std::vector<std::uint32_t> m_cellOf;   // cell column of each tensor column
};

}  // namespace

HeatMap heatMap(const model::Tensor& tensor, std::uint32_t maxHeight, std::uint32_t maxWidth, const Executor& executor, Progress& progress)
{
    const RowReader reader(tensor);
    HeatMap map;
    map.rows = tensor.shape.rows();
    map.columns = tensor.shape.columns();
    map.height = std::uint32_t(std::min<std::uint64_t>(map.rows, maxHeight));
    map.width = std::uint32_t(std::min<std::uint64_t>(map.columns, maxWidth));
    map.mean.resize(std::size_t(map.height) * map.width);
    map.max.resize(map.mean.size());
    progress.begin("reading", tensor.bytes(), Unit::Bytes);
    const Pass pass(reader, map);
    executor.forEach(map.height, [&](std::size_t y) { pass.run(std::uint32_t(y), progress); });
    return map;
}

}  // namespace halftone::inspect
