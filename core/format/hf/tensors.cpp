// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/tensors.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/mapped_file.h"
#include "core/format/bounded_reader.h"
#include "core/format/hf/byte_sources.h"
#include "core/format/hf/fp8.h"
#include "core/format/hf/mxfp4.h"
#include "core/format/hf/rope_factors.h"
#include "core/format/hf/tensor_facts.h"
#include "core/quant/blocks.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace halftone::format::hf {

namespace {

using model::Tensor;
using quant::Type;

constexpr std::uint32_t kMostExperts = 1024;  ///< twice as many as the largest mixtures have

[[noreturn]] void refuse(ErrorCode code, const std::string& tensor, std::string problem, std::string advice)
{
    throw Error(code, {.problem = std::move(problem), .place = "tensor " + printable(tensor), .advice = std::move(advice)});
}

/// A tensor on its way: its bytes are made as long as `source` is set, else in place.
struct Draft {
    Tensor tensor;
    Source source;
};

class Mapper {
public:
    Mapper(const std::vector<Shard>& shards, const Config& config, const Architecture* architecture)
        : m_shards(shards),
          m_config(config),
          m_architecture(architecture),
          m_scales(shards, config)
    {
    }

    MappedTensors map()
    {
        if (m_architecture)
            addRopeFactors();
        for (std::size_t i = 0; i < m_shards.size(); ++i) {
            for (const SafeTensor& tensor : m_shards[i].tensors)
                add(tensor, std::uint32_t(i));
        }
        if (!m_packed.empty())
            refuse(ErrorCode::Malformed, m_packed.begin()->first, "its blocks or its scales are missing", "download the model again");
        if (!m_experts.empty())
            refuse(ErrorCode::Malformed, m_experts.begin()->first, "not all experts are there", "download the model again");
        return std::move(m_result);
    }

private:
    void addRopeFactors()
    {
        for (RopeFactors& factors : ropeFactors(m_config, *m_architecture)) {
            const auto bytes = std::as_bytes(std::span(factors.values));
            Draft draft;
            draft.tensor.name = std::move(factors.name);
            draft.source = madeBytes({bytes.begin(), bytes.end()});
            draft.tensor.shape.extent[0] = factors.values.size();
            finish(std::move(draft));
        }
    }

    void add(const SafeTensor& tensor, std::uint32_t shard)
    {
        if (m_scales.isScale(tensor.name))
            return;
        if (!m_architecture) {
            finish(draftOf(tensor, shard, tensor.name));
            return;
        }
        const std::string name = languageName(tensor.name);
        if (name.empty()) {
            m_result.otherParts = true;
            return;
        }
        const auto mapped = mapName(*m_architecture, name);
        if (!mapped) {
            if (m_result.firstUnknown.empty())
                m_result.firstUnknown = tensor.name;
            finish(draftOf(tensor, shard, tensor.name));
            return;
        }
        if (mapped->treatment == Treatment::Skip || isBehindLast(*mapped))
            return;
        Draft draft = draftOf(tensor, shard, mapped->name);
        if (mapped->treatment == Treatment::Mxfp4Blocks || mapped->treatment == Treatment::Mxfp4Scales) {
            pairUp(std::move(draft), mapped->treatment == Treatment::Mxfp4Blocks);
            return;
        }
        treat(draft, mapped->treatment, tensor);
        if (mapped->treatment == Treatment::GateAndUpInTurn)
            splitBiases(std::move(draft));
        else if (mapped->treatment == Treatment::LatentUp)
            splitLatentUp(draft, tensor);
        else if (mapped->treatment == Treatment::GateAndUp)
            splitGateAndUp(draft, tensor.name);
        else if (mapped->treatment == Treatment::Expert)
            gather(std::move(draft), *mapped);
        else
            finish(std::move(draft));
    }

    /// DeepSeek 3 has further layers that predict more than one token.
    bool isBehindLast(const MappedName& mapped) const
    {
        return has(*m_architecture, Extra::LatentAttention) && mapped.block >= m_config.required({"num_hidden_layers"});
    }

    Draft draftOf(const SafeTensor& tensor, std::uint32_t shard, std::string name) const
    {
        Draft draft;
        draft.tensor.name = std::move(name);
        draft.tensor.shape = shapeOf(tensor);
        draft.tensor.type = typeOf(tensor.dtype);
        draft.tensor.file = shard;
        draft.tensor.offset = tensor.offset;
        draft.tensor.data = m_shards[shard].file->bytes().subspan(tensor.offset, tensor.bytes);
        if (tensor.dtype == Dtype::F8E4M3)
            draft.source = scaledE4M3(rawBytes(draft), draft.tensor.shape.columns(), m_scales.of(tensor));
        return draft;
    }

    Source rawBytes(const Draft& draft) const
    {
        return fileBytes(m_shards[draft.tensor.file].input, draft.tensor.offset, draft.tensor.data.size());
    }
    Source bytesOf(const Draft& draft) const { return draft.source ? draft.source : rawBytes(draft); }

    void treat(Draft& draft, Treatment treatment, const SafeTensor& from) const
    {
        if (!quant::info(draft.tensor.type).isFloat() || draft.tensor.type == Type::F64)
            refuse(ErrorCode::Unsupported, from.name,
                   "weights stored as " + std::string(dtypeName(from.dtype)) + " cannot be read: they were packed by another quantizer",
                   "open the model in its original precision");
        if (treatment == Treatment::RotaryQ)
            interleave(draft, m_config.required({"num_attention_heads"}), from);
        if (treatment == Treatment::RotaryK)
            interleave(draft, m_config.required({"num_key_value_heads", "num_attention_heads"}), from);
        if (treatment == Treatment::FusedHeads)
            unfuse(draft, from);
        if (treatment == Treatment::Transposed && draft.tensor.shape.rank == 2)
            transpose(draft);
        const float added = treatment == Treatment::NormPlusOne ? 1.0f : 0.0f;
        if (added != 0 || (draft.tensor.type != Type::F32 && staysFloat(draft.tensor.name, draft.tensor.shape.rank))) {
            draft.source = asFloats(bytesOf(draft), draft.tensor.type, added);
            draft.tensor.type = Type::F32;
        }
    }

    /// Hugging Face rotates the first half of a head's dimensions with the second, llama.cpp each with its neighbour: row
    /// 2j + i of a head comes from row i * half + j.
    void interleave(Draft& draft, std::uint32_t heads, const SafeTensor& from) const
    {
        const std::uint64_t rows = from.shape.empty() ? 1 : from.shape.front();
        if (rows % (2 * std::uint64_t(heads)) != 0)
            refuse(ErrorCode::Malformed, from.name,
                   std::to_string(rows) + " rows are not " + std::to_string(heads) + " heads of an even width",
                   "config.json and the weights come from different models: download them again");
        const std::uint64_t width = rows / heads, half = width / 2;
        const std::uint64_t rowBytes = bytesOf(draft)->size() / rows;
        draft.source = reorderedRows(bytesOf(draft), rowBytes, [width, half](std::uint64_t row) {
            const std::uint64_t within = row % width;
            return row - within + within % 2 * half + within / 2;
        });
    }

    /// A group is the queries that share a key and a value, then these two.
    void unfuse(Draft& draft, const SafeTensor& from) const
    {
        const std::uint64_t heads = m_config.required({"num_attention_heads", "n_head"});
        const std::uint64_t groups = m_config.integer({"num_key_value_heads"}).value_or(std::uint32_t(heads));
        const std::uint64_t rows = from.shape.empty() ? 1 : from.shape.front();
        if (groups == 0 || heads % groups != 0 || rows % (heads + 2 * groups) != 0)
            refuse(ErrorCode::Malformed, from.name,
                   std::to_string(rows) + " rows are not " + std::to_string(heads) + " queries and " + std::to_string(groups)
                       + " keys and values",
                   "config.json and the weights come from different models: download them again");
        const std::uint64_t size = rows / (heads + 2 * groups), share = heads / groups, rowBytes = bytesOf(draft)->size() / rows;
        draft.source = reorderedRows(bytesOf(draft), rowBytes, [=](std::uint64_t row) {
            const std::uint64_t head = row / size, other = head < heads ? 0 : head - heads;
            const std::uint64_t group = head < heads ? head / share : other % groups;
            const std::uint64_t place = head < heads ? head % share : share + other / groups;
            return (group * (share + 2) + place) * size + row % size;
        });
    }

    static std::string renamed(std::string name, std::string_view from, std::string_view to)
    {
        return name.replace(name.find(from), from.size(), to);
    }

    Draft madeOf(const Draft& draft, std::string name, std::array<std::uint64_t, 3> extent, std::vector<Source> parts) const
    {
        Draft made;
        made.tensor = draft.tensor;
        made.tensor.name = std::move(name);
        made.tensor.shape.extent = {extent[0], extent[1], extent[2], 1};
        made.source = stacked(std::move(parts));
        return made;
    }

    /// Each head has rows that make its key and rows that make its value.
    void splitLatentUp(const Draft& draft, const SafeTensor& from)
    {
        const std::uint64_t heads = m_config.required({"num_attention_heads"}), keys = m_config.required({"qk_nope_head_dim"}),
                            values = m_config.required({"v_head_dim"});
        const auto& extent = draft.tensor.shape.extent;
        if (draft.tensor.shape.rank != 2 || extent[1] != heads * (keys + values))
            refuse(ErrorCode::Malformed, from.name, "its rows are not those of " + std::to_string(heads) + " heads",
                   "config.json and the weights come from different models: download them again");
        const Source whole = bytesOf(draft);
        const std::uint64_t elementBytes = quant::info(draft.tensor.type).blockBytes, rowBytes = extent[0] * elementBytes;
        std::vector<Source> keyParts, valueParts;
        for (std::uint64_t head = 0; head < heads; ++head) {
            const std::uint64_t begin = head * (keys + values) * rowBytes;
            keyParts.push_back(transposed(part(whole, begin, keys * rowBytes), keys, extent[0], elementBytes));
            valueParts.push_back(part(whole, begin + keys * rowBytes, values * rowBytes));
        }
        for (const bool key : {true, false}) {
            Draft made = madeOf(draft, renamed(draft.tensor.name, "attn_kv_b", key ? "attn_k_b" : "attn_v_b"),
                                {key ? keys : extent[0], key ? extent[0] : values, heads}, std::move(key ? keyParts : valueParts));
            made.tensor.shape.rank = 3;
            finish(std::move(made));
        }
    }

    /// Blocks are 16 x blocks of a row x rows x experts, scales the same without the first.
    void pairUp(Draft draft, bool blocks)
    {
        auto& [first, second] = m_packed[draft.tensor.name];
        (blocks ? first : second) = std::move(draft);
        if (first.tensor.name.empty() || second.tensor.name.empty())
            return;
        const auto& extent = first.tensor.shape.extent;
        const auto& scales = second.tensor.shape.extent;
        if (extent[0] != sizeof quant::BlockMXFP4::q || extent[1] != scales[0] || extent[2] != scales[1] || extent[3] != scales[2]
            || scales[3] != 1 || first.tensor.type != Type::I8 || second.tensor.type != Type::I8)
            refuse(ErrorCode::Malformed, first.tensor.name, "its scales do not fit its blocks", "download the model again");
        Draft packed;
        packed.tensor = first.tensor;
        packed.tensor.type = Type::MXFP4;
        packed.tensor.shape.extent = {extent[1] * 32, extent[2], extent[3], 1};
        packed.tensor.shape.rank = 3;
        packed.source = mxfp4(rawBytes(first), rawBytes(second));
        m_packed.erase(packed.tensor.name);
        if (packed.tensor.name.find("ffn_gate") == std::string::npos)
            return finish(std::move(packed));
        sortRows(packed);
        splitGateAndUp(packed, packed.tensor.name);
    }

    /// Rows in turn become two halves, expert by expert.
    static void sortRows(Draft& draft)
    {
        const auto& extent = draft.tensor.shape.extent;
        const std::uint64_t rows = extent[1], half = rows / 2, rowBytes = draft.source->size() / (rows * extent[2]);
        draft.source = reorderedRows(draft.source, rowBytes, [rows, half](std::uint64_t row) {
            const std::uint64_t within = row % rows;
            return row - within + (within < half ? 2 * within : 2 * (within - half) + 1);
        });
    }

    /// A bias is a row of one weight.
    void splitBiases(Draft draft)
    {
        auto& shape = draft.tensor.shape;
        if (shape.rank != 2 || shape.extent[0] % 2 != 0)
            refuse(ErrorCode::Malformed, draft.tensor.name, "it is not a row of pairs for each expert", "download the model again");
        shape = {{1, shape.extent[0], shape.extent[1], 1}, 3};
        draft.source = bytesOf(draft);
        sortRows(draft);
        splitGateAndUp(draft, draft.tensor.name);
    }

    void splitGateAndUp(const Draft& draft, const std::string& from)
    {
        const auto& extent = draft.tensor.shape.extent;
        if (draft.tensor.shape.rank < 2 || draft.tensor.shape.rank > 3 || extent[1] % 2 != 0)
            refuse(ErrorCode::Malformed, from, "its rows are not two halves", "download the model again");
        const Source whole = bytesOf(draft);
        const std::uint64_t half = whole->size() / extent[2] / 2;
        for (const bool up : {false, true}) {
            std::vector<Source> parts;
            for (std::uint64_t expert = 0; expert < extent[2]; ++expert)
                parts.push_back(part(whole, (2 * expert + (up ? 1 : 0)) * half, half));
            Draft made = madeOf(draft, up ? renamed(draft.tensor.name, "ffn_gate", "ffn_up") : draft.tensor.name,
                                {extent[0], extent[1] / 2, extent[2]}, std::move(parts));
            if (auto& shape = made.tensor.shape; shape.extent[0] == 1 && shape.rank == 3)
                shape = {{shape.extent[1], shape.extent[2], 1, 1}, 2};  // biases
            finish(std::move(made));
        }
    }

    void transpose(Draft& draft) const
    {
        auto& extent = draft.tensor.shape.extent;
        draft.source = transposed(bytesOf(draft), extent[1], extent[0], quant::info(draft.tensor.type).blockBytes);
        std::swap(extent[0], extent[1]);
    }

    /// Experts are stacked once the last of a block is there, in the order that llama.cpp's converter has.
    void gather(Draft draft, const MappedName& mapped)
    {
        const std::uint32_t count = m_config.required({"num_local_experts", "num_experts", "n_routed_experts"});
        if (count > kMostExperts || mapped.expert >= count)
            refuse(ErrorCode::Malformed, draft.tensor.name, "expert " + std::to_string(mapped.expert) + " of " + std::to_string(count),
                   "download config.json again");
        auto& stack = m_experts[draft.tensor.name];
        stack.resize(count);
        stack[mapped.expert] = std::move(draft);
        std::vector<std::string> ready;
        for (const auto& [name, experts] : m_experts) {
            if (model::layerOf(name) == int(mapped.block)
                && std::ranges::all_of(experts, [](const Draft& one) { return !one.tensor.name.empty(); }))
                ready.push_back(name);
        }
        if (ready.size() < kExpertMatrices)
            return;
        for (const TensorRule& rule : m_architecture->moreRules) {
            if (rule.treatment != Treatment::Expert)
                continue;
            std::string name = std::string(rule.to) + ".weight";
            name.replace(name.find("{}"), 2, std::to_string(mapped.block));
            finish(stack3d(m_experts.extract(name).mapped()));
        }
    }

    Draft stack3d(std::vector<Draft> experts) const
    {
        Draft all;
        all.tensor = experts.front().tensor;
        std::vector<Source> parts;
        for (const Draft& one : experts) {
            if (one.tensor.shape != all.tensor.shape || one.tensor.type != all.tensor.type)
                refuse(ErrorCode::Malformed, all.tensor.name, "the experts differ in shape or type", "download the model again");
            parts.push_back(bytesOf(one));
        }
        all.tensor.shape.extent[2] = experts.size();
        all.tensor.shape.rank = 3;
        all.source = stacked(std::move(parts));
        return all;
    }

    void finish(Draft draft)
    {
        Tensor& tensor = draft.tensor;
        if (draft.source) {
            tensor.data = model::TensorData(std::move(draft.source));
            tensor.offset = 0;
        }
        if (!m_names.insert(tensor.name).second)
            refuse(ErrorCode::Malformed, tensor.name, "two tensors would have this name", "take another file of the model");
        tensor.layer = model::layerOf(tensor.name);
        tensor.role = model::roleOf(tensor.name, tensor.shape);
        m_result.tensors.push_back(std::move(tensor));
    }

    static constexpr std::size_t kExpertMatrices = 3;

    const std::vector<Shard>& m_shards;
    const Config& m_config;
    const Architecture* m_architecture;
    Fp8Scales m_scales;
    std::map<std::string, std::vector<Draft>> m_experts;  ///< incomplete stacks by GGUF name
    std::map<std::string, std::pair<Draft, Draft>> m_packed;  ///< MXFP4's blocks and scales that wait for each other, by GGUF name
    std::set<std::string> m_names;
    MappedTensors m_result;
};

}  // namespace

MappedTensors mapTensors(const std::vector<Shard>& shards, const Config& config, const Architecture* architecture)
{
    return Mapper(shards, config, architecture).map();
}

}  // namespace halftone::format::hf
