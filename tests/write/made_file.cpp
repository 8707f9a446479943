// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/write/made_file.h"

#include "core/format/gguf_writer.h"
#include "core/format/open.h"
#include "core/quant/codec.h"

#include <algorithm>
#include <fstream>
#include <random>

namespace halftone::test {

std::vector<float> madeWeights(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::vector<float> weights(count);
    // Not std::normal_distribution: its values differ between standard libraries.
    std::ranges::generate(weights, [&] { return float(random()) / float(1u << 31) - 1; });
    return weights;
}

model::Shape shapeOf(std::initializer_list<std::uint64_t> extents)
{
    model::Shape shape;
    shape.rank = std::uint32_t(extents.size());
    std::copy(extents.begin(), extents.end(), shape.extent.begin());
    return shape;
}

MadeTensor madeTensor(std::string name, std::initializer_list<std::uint64_t> extents, unsigned seed)
{
    const model::Shape shape = shapeOf(extents);
    return {std::move(name), shape, madeWeights(shape.elements(), seed)};
}

std::shared_ptr<const model::Model> madeFile(const std::filesystem::path& path, const std::vector<MadeTensor>& tensors, quant::Type type)
{
    model::Metadata metadata;
    metadata.set("general.architecture", std::string("llama"));
    metadata.set("llama.block_count", std::uint32_t(2));
    std::vector<format::TensorHeader> headers;
    for (const MadeTensor& tensor : tensors)
        headers.push_back({tensor.name, tensor.shape, type});
    const format::GgufLayout layout = format::layoutGguf(metadata, headers);

    std::vector<std::byte> file(layout.fileBytes);
    std::ranges::copy(layout.header, file.begin());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const std::span<std::byte> out = std::span(file).subspan(layout.offsets[i], quant::rowBytes(type, tensors[i].weights.size()));
        if (type == quant::Type::F32)
            std::ranges::copy(std::as_bytes(std::span(tensors[i].weights)), out.begin());
        else
            quant::quantize(type, tensors[i].weights, tensors[i].shape.columns(), {}, out);
    }
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(file.data()), std::streamsize(file.size()));
    return format::openModel(path);
}

}  // namespace halftone::test
