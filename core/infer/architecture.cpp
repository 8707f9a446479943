// SPDX-License-Identifier: Apache-2.0
#include "core/infer/architecture.h"

#include "core/infer/not_runnable.h"

#include <algorithm>
#include <array>

namespace halftone::infer {

namespace {

constexpr std::array kArchitectures{
    Architecture{
        .name = "deepseek2",
        .experts = Experts::Optional,
        .sharedExpert = SharedExpert::Added,
        .weighsExpertsByKeys = true,
        .latentAttention = true,
    },
    Architecture{
        .name = "falcon",
        .pairing = RopePairing::Halves,
        .norm = NormKind::Layer,
        .ffnNorm = "attn_norm",
        .parallel = true,
        .hidden = Hidden::Plain,
        .activation = Activation::Gelu,
    },
    Architecture{
        .name = "gemma",
        .pairing = RopePairing::Halves,
        .activation = Activation::Gelu,
        .embeddingTimesRootWidth = true,
    },
    Architecture{
        .name = "gemma2",
        .pairing = RopePairing::Halves,
        .normAfter = true,
        .activation = Activation::Gelu,
        .embeddingTimesRootWidth = true,
        .attentionSoftCap = 50,
        .outputSoftCap = 30,
        .windowPeriod = 2,
        .window = 4096,
        .layersOfWidthScale = 46,
    },
    Architecture{
        .name = "gemma3",
        .pairing = RopePairing::Halves,
        .headNorm = HeadNorm::EachHead,
        .normAfter = true,
        .activation = Activation::Gelu,
        .embeddingTimesRootWidth = true,
        .windowPeriod = 6,
        .windowStretched = false,
        .windowRopeBase = 10000,
        .layersOfWidthScale = 62,
    },
    Architecture{
        .name = "gpt-oss",
        .pairing = RopePairing::Halves,
        .experts = Experts::Always,
        .attentionSinks = true,
        .ffnNorm = "post_attention_norm",
        .activation = Activation::ClampedSilu,
        .windowPeriod = 2,
    },
    Architecture{.name = "gpt2", .norm = NormKind::Layer, .hidden = Hidden::Plain, .activation = Activation::Gelu, .rotates = false},
    Architecture{
        .name = "gptneox",
        .pairing = RopePairing::Halves,
        .norm = NormKind::Layer,
        .parallel = true,
        .hidden = Hidden::Plain,
        .activation = Activation::Gelu,
    },
    Architecture{.name = "granite", .multipliers = true},
    Architecture{.name = "granitemoe", .experts = Experts::Always, .sharedExpert = SharedExpert::Added, .multipliers = true},
    Architecture{.name = "llama", .experts = Experts::Optional},
    Architecture{
        .name = "olmo2",
        .pairing = RopePairing::Halves,
        .headNorm = HeadNorm::AllHeads,
        .normBefore = false,
        .normAfter = true,
        .windowPeriod = 4,  // OLMo 3, under the same name
        .windowStretched = false,
    },
    Architecture{
        .name = "phi2",
        .pairing = RopePairing::Halves,
        .norm = NormKind::Layer,
        .ffnNorm = "attn_norm",
        .parallel = true,
        .hidden = Hidden::Plain,
        .activation = Activation::Gelu,
    },
    Architecture{.name = "phi3", .pairing = RopePairing::Halves, .hidden = Hidden::GatedTogether},
    Architecture{.name = "qwen2", .pairing = RopePairing::Halves},
    Architecture{
        .name = "qwen2moe",
        .pairing = RopePairing::Halves,
        .experts = Experts::Always,
        .expertsShareWidth = true,
        .expertWeightsSumToOne = false,
        .sharedExpert = SharedExpert::Weighted,
    },
    Architecture{.name = "qwen3", .pairing = RopePairing::Halves, .headNorm = HeadNorm::EachHead},
    Architecture{
        .name = "qwen3moe",
        .pairing = RopePairing::Halves,
        .headNorm = HeadNorm::EachHead,
        .experts = Experts::Always,
        .expertsShareWidth = true,
    },
    Architecture{.name = "stablelm", .pairing = RopePairing::Halves, .norm = NormKind::Layer},
    Architecture{
        .name = "starcoder2",
        .pairing = RopePairing::Halves,
        .norm = NormKind::Layer,
        .hidden = Hidden::Plain,
        .activation = Activation::Gelu,
    },
};

std::string knownNames()
{
    std::string names;
    for (const Architecture& architecture : kArchitectures)
        names += (names.empty() ? "" : ", ") + std::string(architecture.name);
    return names;
}

}  // namespace

const Architecture& findArchitecture(std::string_view name)
{
    const auto found = std::find_if(kArchitectures.begin(), kArchitectures.end(), [&](const Architecture& a) { return a.name == name; });
    if (found != kArchitectures.end())
        return *found;
    if (name.empty())
        throw NotRunnableError({.kind = NotRunnable::Kind::ArchitectureMissing});
    throw NotRunnableError({.kind = NotRunnable::Kind::ArchitectureUnknown, .architecture = std::string(name), .detail = knownNames()});
}

}  // namespace halftone::infer
