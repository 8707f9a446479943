// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/infer/made_model.h"

#include <utility>
#include <vector>

namespace halftone::test {

/// As much unlike a llama as each is; windows shorter than a block of queries and longer than a tile of keys.
inline std::vector<std::pair<const char*, Design>> moreArchitectures()
{
    const Design gemma{.architecture = "gemma", .tied = true, .halvesTurn = true, .gelu = true, .rootEmbedding = true};
    Design gemma2 = gemma;
    gemma2.architecture = "gemma2";
    gemma2.layers = 4;
    gemma2.normAfter = true;
    gemma2.windowPeriod = 2;
    gemma2.window = 7;
    gemma2.attentionSoftCap = 2;
    gemma2.outputSoftCap = 5;
    Design gemma3 = gemma;
    gemma3.architecture = "gemma3";
    gemma3.layers = 7;
    gemma3.normAfter = gemma3.headNorms = true;
    gemma3.windowPeriod = 6;
    gemma3.window = 45;
    gemma3.ropeBase = 1e6;
    gemma3.windowStretched = false;
    gemma3.scaling = "linear";
    gemma3.factor = 8;
    Design gemma3Short = gemma3;
    gemma3Short.layers = gemma3Short.windowPeriod = 3;
    gemma3Short.window = 1;
    gemma3Short.periodKey = true;
    const Design starcoder2{.architecture = "starcoder2",
                            .tied = true,
                            .biases = true,
                            .halvesTurn = true,
                            .layerNorm = true,
                            .gelu = true,
                            .plainHidden = true};
    Design gpt2 = starcoder2;
    gpt2.architecture = "gpt2";
    gpt2.kvHeads = 4;
    gpt2.fusedQueries = true;
    gpt2.rotates = false;
    const Design granite{.architecture = "granite", .embeddingScale = 3, .residualScale = 0.3f, .attentionScale = 0.11f, .logitDivisor = 4};
    Design graniteMoe = granite;
    graniteMoe.architecture = "granitemoe";
    graniteMoe.experts = 8;
    graniteMoe.expertsUsed = 3;
    Design graniteShared = graniteMoe;
    graniteShared.sharedWidth = 56;
    graniteShared.sharedGate = false;
    const Design olmo3{.architecture = "olmo2",
                       .layers = 4,
                       .halvesTurn = true,
                       .rowNorms = true,
                       .normBefore = false,
                       .normAfter = true,
                       .window = 9,
                       .windowPeriod = 4,
                       .windowStretched = false,
                       .scaling = "yarn",
                       .factor = 4,
                       .originalContext = 32};
    Design phi3Long{.architecture = "phi3",
                    .halvesTurn = true,
                    .fusedQueries = true,
                    .fusedGates = true,
                    .originalContext = 128,
                    .attentionFactor = 1.2f,
                    .contextFactors = true};
    Design phi2 = gpt2;
    phi2.architecture = "phi2";
    phi2.tied = phi2.rotates = false;
    phi2.rotates = phi2.outputBias = phi2.parallel = true;
    phi2.ffnNorm = "attn_norm";
    phi2.rotated = 8;
    Design neox = phi2;
    neox.architecture = "gptneox";
    neox.outputBias = false;
    neox.ffnNorm = "ffn_norm";
    Design neoxInTurn = neox;
    neoxInTurn.parallel = false;
    neoxInTurn.parallelKey = true;
    Design falcon = phi2;
    falcon.architecture = "falcon";
    falcon.kvHeads = 1;
    falcon.rotated = 0;
    falcon.biases = falcon.outputBias = false;
    falcon.tied = true;
    Design falcon40 = falcon;
    falcon40.kvHeads = 2;
    falcon40.secondNorm = true;
    falcon40.tied = false;
    const Design gptOss{.architecture = "gpt-oss",
                        .layers = 4,
                        .biases = true,
                        .halvesTurn = true,
                        .window = 9,
                        .windowPeriod = 2,
                        .scaling = "yarn",
                        .factor = 32,
                        .originalContext = 32,
                        .experts = 8,
                        .expertsUsed = 4,
                        .expertWidth = 40,
                        .ffnNorm = "post_attention_norm",
                        .sinks = true,
                        .clampedSilu = true,
                        .expertBiases = true};
    const Design deepseekDense{.architecture = "deepseek2", .kvHeads = 4, .rotated = 8, .rank = 24};
    Design deepseekLite = deepseekDense;
    deepseekLite.layers = 3;
    deepseekLite.denseLayers = 1;
    deepseekLite.experts = 8;
    deepseekLite.expertsUsed = 3;
    deepseekLite.expertWidth = 20;
    deepseekLite.sharedWidth = 40;
    deepseekLite.sharedCount = deepseekLite.plainExpertWeights = true;
    deepseekLite.sharedGate = false;
    deepseekLite.scaling = "yarn";
    deepseekLite.factor = 4;
    deepseekLite.originalContext = 32;
    deepseekLite.logMultiplier = 0.707f;
    Design deepseekLatent = deepseekLite;
    deepseekLatent.absorbed = true;
    deepseekLatent.queryRank = 36;
    deepseekLatent.expertScale = 2.5f;
    Design deepseek3 = deepseekLatent;
    deepseek3.plainExpertWeights = false;
    deepseek3.sigmoidGate = deepseek3.choiceBias = true;
    deepseek3.groups = 4;
    deepseek3.groupsUsed = 2;
    deepseek3.logMultiplier = 1;
    Design phi3Longer = phi3Long;
    phi3Longer.originalContext = 64;
    return {
        {"gemma", gemma},
        {"gemma2", gemma2},
        {"gemma3", gemma3},
        {"gemma3 that says its pattern", gemma3Short},
        {"phi3", Design{.architecture = "phi3", .halvesTurn = true, .fusedQueries = true, .fusedGates = true}},
        {"phi3 with biases", Design{.architecture = "phi3", .biases = true, .halvesTurn = true, .fusedQueries = true, .fusedGates = true}},
        {"olmo2", Design{.architecture = "olmo2", .halvesTurn = true, .rowNorms = true, .normBefore = false, .normAfter = true}},
        {"olmo3", olmo3},
        {"phi3 within its original context", phi3Long},
        {"phi3 beyond its original context", phi3Longer},
        {"granite", granite},
        {"granitemoe", graniteMoe},
        {"granitemoe with a shared expert", graniteShared},
        {"stablelm", Design{.architecture = "stablelm", .queryBiases = true, .halvesTurn = true, .layerNorm = true, .rotated = 8}},
        {"starcoder2", starcoder2},
        {"gpt2", gpt2},
        {"phi2", phi2},
        {"gptneox", neox},
        {"gptneox that is not parallel", neoxInTurn},
        {"falcon", falcon},
        {"falcon 40B", falcon40},
        {"gpt-oss", gptOss},
        {"deepseek2 dense", deepseekDense},
        {"deepseek2 lite", deepseekLite},
        {"deepseek2 with latents in the cache", deepseekLatent},
        {"deepseek3", deepseek3},
    };
}

}  // namespace halftone::test
