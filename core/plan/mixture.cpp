// SPDX-License-Identifier: Apache-2.0
#include "core/plan/mixture.h"

#include "core/model/model.h"
#include "core/plan/quantizable.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>

namespace halftone::plan {
namespace {

using quant::Type;

/// The parts of a network that mixtures tell apart, by name alone.
enum class Part {
    Output,
    Embedding,
    AttentionQkv,
    AttentionKvB,
    AttentionV,
    AttentionK,
    AttentionQ,
    AttentionOutput,
    FfnUp,
    FfnGate,
    FfnDown,
    Other,
};

Part partOf(std::string_view name)
{
    if (name == "output.weight")
        return Part::Output;
    if (name == "token_embd.weight" || name == "per_layer_token_embd.weight")
        return Part::Embedding;
    // The first of these that the name contains says what it is.
    static constexpr std::array<std::pair<std::string_view, Part>, 9> kMarks{{
        {"attn_qkv.weight", Part::AttentionQkv},
        {"attn_kv_b.weight", Part::AttentionKvB},
        {"attn_v.weight", Part::AttentionV},
        {"attn_k.weight", Part::AttentionK},
        {"attn_q.weight", Part::AttentionQ},
        {"attn_output.weight", Part::AttentionOutput},
        {"ffn_up", Part::FfnUp},
        {"ffn_gate", Part::FfnGate},
        {"ffn_down", Part::FfnDown},
    }};
    for (const auto& [mark, part] : kMarks) {
        if (name.find(mark) != name.npos)
            return part;
    }
    return Part::Other;
}

/// Fused QKV and the second half of a low-rank KV projection hold the values too.
bool holdsValues(Part part) { return part == Part::AttentionV || part == Part::AttentionQkv || part == Part::AttentionKvB; }

bool isFeedForward(Part part) { return part == Part::FfnUp || part == Part::FfnGate || part == Part::FfnDown; }

/// The facts of a model that mixtures depend on.
struct Traits {
    bool falcon = false;
    bool experts8 = false;       ///< exactly eight experts, as in Mixtral
    bool manyExperts = false;    ///< more than one
    bool fourExperts = false;    ///< four or more
    bool sharedHeads = false;    ///< four or more query heads read one key-value head
    bool seventyB = false;       ///< llama.cpp's class "70B", where attn_v is an eighth of attn_q
    bool tied = true;            ///< there is no output matrix of its own
    bool bailing3 = false;       ///< BailingMoE 3, where not all stacks of matrices are experts
    bool importance = false;
    int blocks = 0;
    int valueTensors = 0;
};

/// A hyperparameter that may be one number or one for each layer; then the first layer's counts.
std::optional<std::int64_t> firstOf(const model::Metadata& metadata, const std::string& key)
{
    if (const auto* counts = metadata.array<std::int32_t>(key); counts && !counts->empty())
        return counts->front();
    if (const auto* counts = metadata.array<std::uint32_t>(key); counts && !counts->empty())
        return counts->front();
    return metadata.integer(key);
}

/// llama.cpp tells its class "70B" from architecture and depth.
bool isSeventyB(std::string_view architecture, std::int64_t blocks, bool grouped, bool experts8)
{
    if (architecture == "llama" || architecture == "llama-embed")
        return blocks == 80 && grouped && !experts8;
    if (architecture == "deci" || architecture == "qwen2" || architecture == "olmo")
        return blocks == 80;
    return architecture == "jais2" && blocks == 68;
}

Traits traitsOf(const model::Model& model, bool withImportance)
{
    const std::string architecture = model.architecture();
    const model::Metadata& metadata = model.metadata();
    const std::int64_t experts = metadata.integer(architecture + ".expert_count").value_or(0);
    const std::int64_t heads = firstOf(metadata, architecture + ".attention.head_count").value_or(0);
    const std::int64_t valueHeads = firstOf(metadata, architecture + ".attention.head_count_kv").value_or(heads);

    Traits traits;
    traits.falcon = architecture == "falcon";
    traits.experts8 = experts == 8;
    traits.manyExperts = experts > 1;
    traits.fourExperts = experts >= 4;
    traits.bailing3 = architecture == "bailingmoe3";
    traits.sharedHeads = valueHeads > 0 && heads / valueHeads >= 4;
    traits.importance = withImportance;
    const std::int64_t blocks = metadata.integer(architecture + ".block_count").value_or(model.layers());
    traits.blocks = int(std::clamp<std::int64_t>(blocks, 0, 1 << 20));
    traits.seventyB = isSeventyB(architecture, blocks, heads != valueHeads, traits.experts8);
    for (const model::Tensor& tensor : model.tensors()) {
        const Part part = partOf(tensor.name);
        traits.tied &= part != Part::Output;
        traits.valueTensors += holdsValues(part);
    }
    return traits;
}

/// Which layers of a model an entry of a mixture speaks of.
enum class Layers { All, FirstTwo, FirstFour, FirstSixteenth, FirstEighth, Middle, MoreBits };

/// The middle is all but the first and last eighth. "More bits" are for the first and last eighth and for every third layer between.
bool among(Layers layers, int layer, int count)
{
    switch (layers) {
    case Layers::All: return true;
    case Layers::FirstTwo: return layer < 2;
    case Layers::FirstFour: return layer < 4;
    case Layers::FirstSixteenth: return layer < count / 16;
    case Layers::FirstEighth: return layer < count / 8;
    case Layers::Middle: return layer >= count / 8 && layer < 7 * count / 8;
    case Layers::MoreBits: return layer < count / 8 || layer >= 7 * count / 8 || (layer - count / 8) % 3 == 2;
    }
    return false;
}

/// Which models an entry of a mixture speaks of.
enum class Models {
    All,
    SharedHeads,
    SharedHeadsOrFourExperts,
    Experts8,
    Falcon,
    NotFalcon,
    NotFalconExperts8,
    NotFalconOthers,
    WithImportance,
    WithoutImportance,
};

bool among(Models models, const Traits& traits)
{
    switch (models) {
    case Models::All: return true;
    case Models::SharedHeads: return traits.sharedHeads;
    case Models::SharedHeadsOrFourExperts: return traits.sharedHeads || traits.fourExperts;
    case Models::Experts8: return traits.experts8;
    case Models::Falcon: return traits.falcon;
    case Models::NotFalcon: return !traits.falcon;
    case Models::NotFalconExperts8: return !traits.falcon && traits.experts8;
    case Models::NotFalconOthers: return !traits.falcon && !traits.experts8;
    case Models::WithImportance: return traits.importance;
    case Models::WithoutImportance: return !traits.importance;
    }
    return false;
}

struct Entry {
    std::string_view presets;   ///< names between spaces
    Part part;
    Layers layers;
    Models models;
    Type type;
};

// Presets of one and two bits share most of their rules, and few of the others'.
constexpr std::string_view kUpToTwoBits = "IQ1_S IQ1_M IQ2_XXS IQ2_XS IQ2_S IQ2_M", kBelowTwoBits = "IQ1_S IQ1_M IQ2_XXS IQ2_XS",
                           kTwoBits = "IQ2_S IQ2_M";

/// The mixtures of llama-quantize: the first entry that holds decides, otherwise the preset's main type.
constexpr std::array kEntries{
    Entry{kBelowTwoBits, Part::Embedding, Layers::All, Models::All, Type::Q2_K},
    Entry{"IQ2_S IQ2_M IQ3_XXS", Part::Embedding, Layers::All, Models::All, Type::IQ3_S},
    Entry{"TQ1_0 TQ2_0", Part::Embedding, Layers::All, Models::All, Type::Q4_K},

    Entry{kUpToTwoBits, Part::AttentionV, Layers::All, Models::SharedHeadsOrFourExperts, Type::Q4_K},
    Entry{kBelowTwoBits, Part::AttentionV, Layers::All, Models::All, Type::Q2_K},
    Entry{kTwoBits, Part::AttentionV, Layers::All, Models::All, Type::IQ3_S},
    Entry{kUpToTwoBits, Part::AttentionK, Layers::All, Models::Experts8, Type::Q4_K},
    Entry{kBelowTwoBits, Part::FfnDown, Layers::FirstEighth, Models::All, Type::Q2_K},
    Entry{kTwoBits, Part::FfnDown, Layers::FirstEighth, Models::All, Type::IQ3_S},
    Entry{kUpToTwoBits, Part::AttentionOutput, Layers::All, Models::Experts8, Type::Q5_K},
    Entry{"IQ1_S IQ1_M", Part::AttentionOutput, Layers::All, Models::All, Type::IQ2_XXS},
    Entry{kTwoBits, Part::AttentionOutput, Layers::All, Models::All, Type::IQ3_S},

    Entry{"Q2_K_S", Part::AttentionV, Layers::All, Models::SharedHeads, Type::Q4_K},
    Entry{"Q2_K_S", Part::FfnDown, Layers::FirstEighth, Models::All, Type::Q4_K},

    Entry{"IQ3_XXS", Part::AttentionV, Layers::All, Models::SharedHeads, Type::Q4_K},
    Entry{"IQ3_XXS", Part::AttentionV, Layers::All, Models::WithoutImportance, Type::IQ3_S},
    Entry{"IQ3_XXS", Part::AttentionK, Layers::All, Models::All, Type::IQ2_S},
    Entry{"IQ3_XXS", Part::AttentionQ, Layers::All, Models::All, Type::IQ2_S},
    Entry{"IQ3_XXS", Part::FfnDown, Layers::FirstEighth, Models::WithoutImportance, Type::Q4_K},
    Entry{"IQ3_XXS", Part::FfnDown, Layers::All, Models::WithoutImportance, Type::Q3_K},
    Entry{"IQ3_XXS", Part::AttentionOutput, Layers::All, Models::NotFalconOthers, Type::IQ3_S},

    Entry{"IQ3_XS IQ3_S", Part::AttentionV, Layers::All, Models::SharedHeads, Type::Q4_K},
    Entry{"IQ3_XS", Part::AttentionK, Layers::All, Models::All, Type::IQ3_XXS},
    Entry{"IQ3_XS", Part::AttentionQ, Layers::All, Models::All, Type::IQ3_XXS},
    Entry{"IQ3_XS", Part::FfnUp, Layers::Middle, Models::All, Type::IQ3_XXS},
    Entry{"IQ3_XS", Part::FfnGate, Layers::Middle, Models::All, Type::IQ3_XXS},

    Entry{"IQ3_M", Part::AttentionV, Layers::All, Models::All, Type::Q4_K},
    Entry{"IQ3_M", Part::FfnDown, Layers::FirstEighth, Models::All, Type::Q4_K},
    Entry{"IQ3_M", Part::FfnDown, Layers::MoreBits, Models::Experts8, Type::Q4_K},
    Entry{"IQ3_M", Part::AttentionOutput, Layers::All, Models::NotFalconOthers, Type::Q4_K},

    Entry{"IQ4_NL IQ4_XS", Part::AttentionV, Layers::All, Models::SharedHeads, Type::Q5_K},
    Entry{"IQ4_NL IQ4_XS", Part::FfnDown, Layers::FirstEighth, Models::WithoutImportance, Type::Q5_K},

    Entry{"IQ3_XXS IQ3_XS IQ3_S IQ3_M IQ4_NL IQ4_XS", Part::AttentionOutput, Layers::All, Models::NotFalconExperts8, Type::Q5_K},

    Entry{"Q2_K", Part::AttentionV, Layers::All, Models::SharedHeads, Type::Q4_K},
    Entry{"Q2_K", Part::AttentionV, Layers::All, Models::All, Type::Q3_K},
    Entry{"Q2_K", Part::FfnDown, Layers::All, Models::All, Type::Q3_K},
    Entry{"Q2_K", Part::AttentionOutput, Layers::All, Models::NotFalconExperts8, Type::Q5_K},
    Entry{"Q2_K", Part::AttentionOutput, Layers::All, Models::NotFalconOthers, Type::Q3_K},

    Entry{"Q3_K_S", Part::AttentionOutput, Layers::All, Models::NotFalconExperts8, Type::Q5_K},

    Entry{"Q3_K_M", Part::AttentionV, Layers::FirstTwo, Models::All, Type::Q5_K},
    Entry{"Q3_K_M", Part::AttentionV, Layers::All, Models::All, Type::Q4_K},
    Entry{"Q3_K_M", Part::FfnDown, Layers::FirstSixteenth, Models::All, Type::Q5_K},
    Entry{"Q3_K_M", Part::FfnDown, Layers::All, Models::NotFalcon, Type::Q4_K},
    Entry{"Q3_K_M", Part::FfnDown, Layers::MoreBits, Models::Falcon, Type::Q4_K},
    Entry{"Q3_K_M", Part::AttentionOutput, Layers::All, Models::NotFalconExperts8, Type::Q5_K},
    Entry{"Q3_K_M", Part::AttentionOutput, Layers::All, Models::NotFalconOthers, Type::Q4_K},

    Entry{"Q3_K_L", Part::AttentionV, Layers::All, Models::All, Type::Q5_K},
    Entry{"Q3_K_L", Part::FfnDown, Layers::All, Models::Falcon, Type::Q4_K},
    Entry{"Q3_K_L", Part::FfnDown, Layers::All, Models::NotFalcon, Type::Q5_K},
    Entry{"Q3_K_L", Part::AttentionOutput, Layers::All, Models::Falcon, Type::Q4_K},
    Entry{"Q3_K_L", Part::AttentionOutput, Layers::All, Models::NotFalconOthers, Type::Q5_K},

    Entry{"Q4_0", Part::FfnDown, Layers::FirstEighth, Models::WithImportance, Type::Q4_1},

    Entry{"Q4_K_S", Part::AttentionV, Layers::FirstFour, Models::All, Type::Q5_K},
    Entry{"Q4_K_S", Part::FfnDown, Layers::FirstEighth, Models::NotFalcon, Type::Q5_K},
    Entry{"Q4_K_S", Part::AttentionOutput, Layers::All, Models::NotFalconExperts8, Type::Q5_K},

    Entry{"Q4_K_M", Part::AttentionV, Layers::MoreBits, Models::All, Type::Q6_K},
    Entry{"Q4_K_M", Part::FfnDown, Layers::FirstSixteenth, Models::Falcon, Type::Q6_K},
    Entry{"Q4_K_M", Part::FfnDown, Layers::MoreBits, Models::Falcon, Type::Q5_K},
    Entry{"Q4_K_M", Part::FfnDown, Layers::MoreBits, Models::NotFalcon, Type::Q6_K},
    Entry{"Q4_K_M", Part::AttentionOutput, Layers::All, Models::NotFalconExperts8, Type::Q5_K},

    Entry{"Q5_0", Part::FfnDown, Layers::FirstEighth, Models::WithImportance, Type::Q5_1},

    Entry{"Q5_K_M", Part::AttentionV, Layers::MoreBits, Models::All, Type::Q6_K},
    Entry{"Q5_K_M", Part::FfnDown, Layers::MoreBits, Models::All, Type::Q6_K},
};

bool contains(std::string_view names, std::string_view name)
{
    for (std::size_t at = names.find(name); at != names.npos; at = names.find(name, at + 1)) {
        const std::size_t end = at + name.size();
        if ((at == 0 || names[at - 1] == ' ') && (end == names.size() || names[end] == ' '))
            return true;
    }
    return false;
}

/// In the table fused and low-rank values follow attn_v.
Part tablePart(Part part) { return holdsValues(part) ? Part::AttentionV : part; }

Reason reasonOf(Part part)
{
    switch (part) {
    case Part::Output: return Reason::PresetOutput;
    case Part::Embedding: return Reason::PresetEmbedding;
    case Part::AttentionQ:
    case Part::AttentionQkv: return Reason::PresetAttentionQKV;
    case Part::AttentionKvB:
    case Part::AttentionV: return Reason::PresetAttentionV;
    case Part::AttentionK: return Reason::PresetAttentionK;
    case Part::AttentionOutput: return Reason::PresetAttentionOutput;
    case Part::FfnUp: return Reason::PresetFfnUp;
    case Part::FfnGate: return Reason::PresetFfnGate;
    case Part::FfnDown: return Reason::PresetFfnDown;
    case Part::Other: break;
    }
    return Reason::PresetBase;
}

class Mixture {
public:
    Mixture(const Preset& preset, const Traits& traits)
        : m_preset(preset)
        , m_traits(traits)
        , m_upToTwoBits(contains(kUpToTwoBits, preset.name))
    {
    }

    /// `ordinal` counts the tensors of this kind that came before, `block` is the number in the name or -1.
    Wish wish(const model::Tensor& tensor, Part part, int ordinal, int block) const
    {
        if (m_preset.type == Type::MXFP4)
            return expertsInMxfp4(tensor, part);
        if (isOutput(part))
            return {outputType(tensor.shape.columns()), part == Part::Output ? Reason::PresetOutput : Reason::PresetTiedOutput};
        std::optional<Type> special = tabled(part, ordinal, block);
        if (holdsValues(part) && !m_upToTwoBits)
            special = raisedValues(special);
        if (m_traits.experts8 && part == Part::AttentionK && !m_upToTwoBits)
            special = Type::Q8_0;
        return special ? Wish{*special, reasonOf(part)} : Wish{m_preset.type, Reason::PresetBase};
    }

private:
    bool isOutput(Part part) const { return part == Part::Output || (part == Part::Embedding && m_traits.tied); }

    Type outputType(std::uint64_t columns) const
    {
        if (m_traits.falcon || columns % quant::info(m_preset.type).blockSize != 0)
            return Type::Q8_0;
        if (m_upToTwoBits || m_preset.name == "IQ3_XXS")
            return Type::Q5_K;
        return m_preset.type == Type::Q8_0 ? Type::Q8_0 : Type::Q6_K;
    }

    /// Stacks of matrices are experts; everything else keeps eight bits.
    Wish expertsInMxfp4(const model::Tensor& tensor, Part part) const
    {
        const bool stacked = tensor.shape.extent[2] > 1 && (!m_traits.bailing3 || isFeedForward(part));
        return stacked && !isOutput(part) ? Wish{Type::MXFP4, Reason::PresetBase} : Wish{Type::Q8_0, reasonOf(part)};
    }

    std::optional<Type> tabled(Part part, int ordinal, int block) const
    {
        // Expert models number the blocks they have a tensor of, so the name counts there; others count tensors.
        const bool named = m_traits.manyExperts && block >= 0 && !m_upToTwoBits;
        const int layer = isFeedForward(part) && named ? block : ordinal;
        const int count = isFeedForward(part) ? m_traits.blocks : m_traits.valueTensors;
        for (const Entry& entry : kEntries) {
            if (entry.part == tablePart(part) && contains(entry.presets, m_preset.name) && among(entry.models, m_traits)
                && among(entry.layers, layer, count))
                return entry.type;
        }
        return std::nullopt;
    }

    /// attn_v is small where many heads share it, so more bits cost next to nothing.
    std::optional<Type> raisedValues(std::optional<Type> special) const
    {
        if (m_traits.experts8)
            return Type::Q8_0;
        const Type type = special.value_or(m_preset.type);
        if (m_traits.seventyB && (type == Type::Q3_K || type == Type::Q4_K))
            return Type::Q5_K;
        return special;
    }

    const Preset& m_preset;
    const Traits& m_traits;
    bool m_upToTwoBits;
};

/// The number in "blk.N.", -1 for other names.
int blockOf(std::string_view name)
{
    constexpr std::string_view kPrefix = "blk.";
    int block = -1;
    if (name.starts_with(kPrefix))
        std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), block);
    return block;
}

/// Tensors as llama-quantize meets them: by block, then by name; those outside the blocks first.
std::vector<std::size_t> countingOrder(const std::vector<model::Tensor>& tensors, const std::vector<int>& blocks)
{
    std::vector<std::size_t> order(tensors.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        return std::tie(blocks[a], tensors[a].name) < std::tie(blocks[b], tensors[b].name);
    });
    return order;
}

}  // namespace

std::vector<Wish> mixtureWishes(const model::Model& model, const Preset& preset, bool withImportance)
{
    const std::vector<model::Tensor>& tensors = model.tensors();
    std::vector<Wish> wishes(tensors.size(), Wish{preset.type, Reason::PresetBase});
    if (quant::info(preset.type).isFloat())
        return wishes;

    const Traits traits = traitsOf(model, withImportance);
    const Mixture mixture(preset, traits);
    std::vector<int> blocks(tensors.size());
    std::ranges::transform(tensors, blocks.begin(), blockOf, &model::Tensor::name);
    int values = 0;
    std::map<Part, int> feedForwards;
    for (const std::size_t i : countingOrder(tensors, blocks)) {
        if (!quantizable(tensors[i]))
            continue;
        const Part part = partOf(tensors[i].name);
        int& count = isFeedForward(part) ? feedForwards[part] : values;
        wishes[i] = mixture.wish(tensors[i], part, count, blocks[i]);
        count += isFeedForward(part) || holdsValues(part);
    }
    return wishes;
}

}  // namespace halftone::plan
