// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/heat_map.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/tensor.h"
#include "core/quant/codec.h"

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
    std::vector<std::byte> packed;  ///< a row that is not in place
    explicit CellRow(std::size_t width) : sum(width), count(width), max(width) {}
};

class Pass {
public:
    Pass(const model::Tensor& tensor, HeatMap& map) : m_tensor(tensor), m_map(map), m_cellOf(map.columns), m_rowBytes(quant::rowBytes(tensor.type, map.columns))
    {
        for (std::uint32_t x = 0; x < map.width; ++x)
            std::fill(m_cellOf.begin() + std::ptrdiff_t(map.firstColumn(x)), m_cellOf.begin() + std::ptrdiff_t(map.firstColumn(x + 1)), x);
    }

    /// Adds the magnitudes of the tensor's rows behind cell row `y` to `columnSum` and fills the cells.
    void run(std::uint32_t y, std::span<double> columnSum, Progress& progress) const
    {
        CellRow cells(m_map.width);
        for (std::uint64_t row = m_map.firstRow(y); row < m_map.firstRow(y + 1); ++row) {
            progress.checkpoint();
            addRow(row, cells, columnSum);
            progress.advance(m_rowBytes);
        }
        for (std::uint32_t x = 0; x < m_map.width; ++x) {
            const std::size_t cell = std::size_t(y) * m_map.width + x;
            m_map.mean[cell] = cells.count[x] ? float(cells.sum[x] / double(cells.count[x])) : 0.0f;
            m_map.max[cell] = cells.max[x];
        }
    }

private:
    void addRow(std::uint64_t row, CellRow& cells, std::span<double> columnSum) const
    {
        std::array<float, kPiece> weights;
        const auto packed = m_tensor.data.view(row * m_rowBytes, m_rowBytes, cells.packed);
        for (std::uint64_t first = 0; first < m_map.columns; first += kPiece) {
            const std::size_t count = std::min<std::uint64_t>(kPiece, m_map.columns - first);
            const std::size_t offset = quant::rowBytes(m_tensor.type, first), bytes = quant::rowBytes(m_tensor.type, count);
            quant::dequantize(m_tensor.type, packed.subspan(offset, bytes), std::span(weights).first(count));
            for (std::size_t i = 0; i < count; ++i) {
                const float magnitude = std::abs(weights[i]);
                if (!std::isfinite(magnitude))
                    continue;
                const std::uint32_t x = m_cellOf[first + i];
                cells.sum[x] += magnitude;
                ++cells.count[x];
                cells.max[x] = std::max(cells.max[x], magnitude);
                columnSum[first + i] += magnitude;
            }
        }
    }

    const model::Tensor& m_tensor;
    HeatMap& m_map;
    std::vector<std::uint32_t> m_cellOf;   // cell column of each tensor column
    std::uint64_t m_rowBytes;
};

void check(const model::Tensor& tensor)
{
    const quant::TypeInfo& type = quant::info(tensor.type);
    if (!type.canDequantize)
        throw Error(ErrorCode::Unsupported, {.problem = "weights of type " + std::string(type.name) + " cannot be read by this program", .file = {}, .place = "tensor " + tensor.name, .advice = {}});
    if (tensor.shape.columns() % type.blockSize != 0 || tensor.bytes() < quant::rowBytes(tensor.type, tensor.shape.columns()) * tensor.shape.rows())
        throw Error(ErrorCode::Malformed, {.problem = "the tensor has no data in this file", .file = {}, .place = "tensor " + tensor.name, .advice = {}});
}

}  // namespace

HeatMap heatMap(const model::Tensor& tensor, std::uint32_t maxHeight, std::uint32_t maxWidth, const Executor& executor, Progress& progress)
{
    check(tensor);
    HeatMap map;
    map.rows = tensor.shape.rows();
    map.columns = tensor.shape.columns();
    map.height = std::uint32_t(std::min<std::uint64_t>(map.rows, maxHeight));
    map.width = std::uint32_t(std::min<std::uint64_t>(map.columns, maxWidth));
    map.mean.resize(std::size_t(map.height) * map.width);
    map.max.resize(map.mean.size());
    progress.begin("reading", tensor.bytes(), Unit::Bytes);

    // The column sums are added up in a fixed number of stripes, so that their rounding never depends on the threads.
    const std::uint32_t stripes = std::min<std::uint32_t>(map.height, 16);
    std::vector<std::vector<double>> sums(stripes, std::vector<double>(map.columns));
    const Pass pass(tensor, map);
    executor.forEach(stripes, [&](std::size_t stripe) {
        const std::uint32_t end = std::uint32_t(std::uint64_t(map.height) * (stripe + 1) / stripes);
        for (std::uint32_t y = std::uint32_t(std::uint64_t(map.height) * stripe / stripes); y < end; ++y)
            pass.run(y, sums[stripe], progress);
    });

    map.columnMean.resize(map.columns);
    for (std::uint64_t column = 0; column < map.columns; ++column) {
        double sum = 0;
        for (const auto& stripe : sums)
            sum += stripe[column];
        map.columnMean[column] = float(sum / double(map.rows));
    }
    return map;
}

}  // namespace halftone::inspect
