// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/half.h"
#include "tests/infer/made_model.h"

#include <cmath>
#include <numbers>

namespace halftone::test {

/// Llama's forward pass in float64, one plain loop per formula, from the papers: RMSNorm (Zhang, Sennrich 2019), rotary
/// embedding (Su et al. 2021) with YaRN (Peng et al. 2023), grouped-query attention (Ainslie et al. 2023), SwiGLU (Shazeer
/// 2020), multi-head latent attention (DeepSeek-V2, 2024), attention sinks (gpt-oss model card, 2025). It knows nothing of the program's
/// own code but how a half is rounded, where keys and values are to be kept as halves.
class ReferenceLlama {
public:
    enum class Cache { Exact, Halves };
    ReferenceLlama(const MadeModel& made, Cache cache) : m_made(made), d(made.design), m_cache(cache) {}

    /// Logits after each of `tokens`.
    std::vector<std::vector<double>> run(const std::vector<int>& tokens) const
    {
        std::vector<Row> stream;
        for (const int token : tokens) {
            const auto& table = m_made.weights.at("token_embd.weight");
            Row x(table.begin() + token * int(d.width), table.begin() + (token + 1) * int(d.width));
            for (std::uint32_t i = 0; i < d.width; ++i) {
                x[i] *= d.rootEmbedding ? std::sqrt(double(d.width)) : double(d.embeddingScale);
                if (!d.rotates)
                    x[i] += double(m_made.weights.at("position_embd.weight")[stream.size() * d.width + i]);
            }
            stream.push_back(x);
        }
        for (std::uint32_t layer = 0; layer < d.layers; ++layer)
            runLayer(stream, layer, "blk." + std::to_string(layer) + ".");
        std::vector<Row> logits;
        for (const Row& x : stream) {
            logits.push_back(linear(norm(x, "output_norm"), d.tied ? "token_embd" : "output", d.vocabulary));
            for (double& logit : logits.back())
                logit = capped(logit / double(d.logitDivisor), double(d.outputSoftCap));
        }
        return logits;
    }

    /// By matrix, the squares of what entered each column in all runs, added up; expert after expert in a stack.
    const std::map<std::string, std::vector<double>>& squaredInputs() const { return m_squares; }

private:
    using Row = std::vector<double>;

    void runLayer(std::vector<Row>& stream, std::uint32_t layer, const std::string& block) const
    {
        // Every windowPeriod-th layer sees the whole text (Gemma 2 report, section 2).
        const bool windowed = d.windowPeriod > 0 && (layer + 1) % d.windowPeriod != 0;
        const double base = windowed && !d.windowStretched ? d.windowRopeBase : d.ropeBase;
        const bool scaled = !windowed || d.windowStretched;
        const std::vector<Row> before = stream;
        std::vector<Row> keys, values;
        for (std::size_t t = 0; t < stream.size(); ++t) {
            const Row h = norm(stream[t], block + (d.secondNorm ? "attn_norm_2" : "attn_norm"));
            Row query;
            if (d.rank > 0) {
                query = latentQuery(h, block);
                addLatentKeyAndValue(linear(h, block + "attn_kv_a_mqa", d.rank + d.rotated), block, t, keys, values);
            } else {
                const Row key = headNorm(linear(h, block + "attn_k", d.kvHeads * d.keySize), block + "attn_k_norm");
                query = headNorm(linear(h, block + "attn_q", d.heads * d.keySize), block + "attn_q_norm");
                keys.push_back(kept(rotated(key, t, base, scaled)));
                values.push_back(kept(linear(h, block + "attn_v", d.kvHeads * d.valueSize)));
            }
            const std::size_t first = windowed && t + 1 > d.window ? t + 1 - d.window : 0;
            const Row seen = attention(rotated(query, t, base, scaled), keys, values, first, block);
            join(stream[t], linear(seen, block + "attn_output", d.width), block + "post_attention_norm");
        }
        for (std::size_t t = 0; t < stream.size(); ++t) {
            const Row h = norm(d.parallel ? before[t] : stream[t], block + d.ffnNorm);
            const bool mixed = d.experts > 0 && layer >= d.denseLayers;
            join(stream[t], mixed ? mixture(h, block) : feedForward(h, block, "", d.ffnWidth), block + "post_ffw_norm");
        }
    }

    Row latentQuery(const Row& h, const std::string& block) const
    {
        if (d.queryRank == 0)
            return linear(h, block + "attn_q", d.heads * d.keySize);
        return linear(norm(linear(h, block + "attn_q_a", d.queryRank), block + "attn_q_a_norm"), block + "attn_q_b", d.heads * d.keySize);
    }

    /// DeepSeek-V2, equations 9 to 19: each head's key and value from the latent, and the turned part that all heads share.
    /// The cache keeps the keys and values, or the latent where it is absorbed.
    void addLatentKeyAndValue(const Row& down, const std::string& block, std::size_t t, std::vector<Row>& keys,
                              std::vector<Row>& values) const
    {
        const std::uint32_t plain = d.keySize - d.rotated;
        const Row normed = norm(Row(down.begin(), down.begin() + d.rank), block + "attn_kv_a_norm");
        const Row latent = d.absorbed ? kept(normed) : normed;
        Row turning(plain, 0.0);
        turning.insert(turning.end(), down.begin() + d.rank, down.end());
        turning = kept(rotated(turning, t, d.ropeBase, true));
        Row key, value;
        const Row both = d.absorbed ? Row() : linear(latent, block + "attn_kv_b", d.heads * (plain + d.valueSize));
        for (std::uint32_t head = 0; head < d.heads; ++head) {
            const auto own = both.begin() + (d.absorbed ? 0 : head * (plain + d.valueSize));
            const Row k = d.absorbed ? transposed(latent, block + "attn_k_b", plain, head) : kept(Row(own, own + plain));
            const Row v =
                d.absorbed ? linear(latent, block + "attn_v_b", d.valueSize, head) : kept(Row(own + plain, own + plain + d.valueSize));
            key.insert(key.end(), k.begin(), k.end());
            key.insert(key.end(), turning.begin() + plain, turning.end());
            value.insert(value.end(), v.begin(), v.end());
        }
        keys.push_back(key);
        values.push_back(value);
    }

    /// The product of a row and a head's matrix of as many rows.
    Row transposed(const Row& x, const std::string& name, std::size_t columns, std::size_t head) const
    {
        const auto& w = m_made.weights.at(name + ".weight");
        Row out(columns, 0.0);
        for (std::size_t r = 0; r < x.size(); ++r)
            for (std::size_t c = 0; c < columns; ++c)
                out[c] += double(w[(head * x.size() + r) * columns + c]) * x[r];
        return out;
    }

    void join(Row& stream, const Row& y, const std::string& postNorm) const
    {
        addTimes(stream, d.normAfter ? norm(y, postNorm) : y, double(d.residualScale));
    }

    static double capped(double x, double cap) { return cap > 0 ? cap * std::tanh(x / cap) : x; }

    /// SiLU, or GELU in the approximation of Hendrycks and Gimpel 2016.
    double activated(double x) const
    {
        if (!d.gelu)
            return x / (1 + std::exp(-x));
        return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    }

    Row feedForward(const Row& h, const std::string& block, const std::string& suffix, std::size_t width, std::size_t expert = 0) const
    {
        Row up = linear(h, block + "ffn_up" + suffix, width, expert);
        const Row gate = d.plainHidden ? up : linear(h, block + "ffn_gate" + suffix, width, expert);
        for (std::size_t i = 0; i < gate.size() && d.clampedSilu; ++i) {  // gpt-oss model card, section 2.1
            const double g = std::min(gate[i], 7.0);
            up[i] = g / (1 + std::exp(-1.702 * g)) * (std::clamp(up[i], -7.0, 7.0) + 1);
        }
        for (std::size_t i = 0; i < gate.size() && !d.clampedSilu; ++i)
            up[i] = d.plainHidden ? activated(up[i]) : activated(gate[i]) * up[i];
        return linear(up, block + "ffn_down" + suffix, d.width, expert);
    }

    /// The answers of the most probable experts (Shazeer et al. 2017, Jiang et al. 2024), and of the one that all tokens
    /// share (Dai et al. 2024) behind a gate of its own.
    Row mixture(const Row& h, const std::string& block) const
    {
        const Row probabilities = routerProbabilities(h, block);
        const auto ranked = ranking(probabilities, block);
        double chosen = 0;
        for (std::uint32_t i = 0; i < d.expertsUsed; ++i)
            chosen += probabilities[ranked[i].second];
        Row out(d.width, 0.0);
        for (std::uint32_t i = 0; i < d.expertsUsed; ++i)
            addTimes(out, feedForward(h, block, "_exps", d.expertWidth ? d.expertWidth : d.ffnWidth, ranked[i].second),
                     probabilities[ranked[i].second] / (d.plainExpertWeights ? 1 : chosen)
                         * (d.expertScale != 0 ? double(d.expertScale) : 1));
        if (d.sharedWidth > 0)
            addTimes(out, feedForward(h, block, "_shexp", d.sharedWidth),
                     d.sharedGate ? 1 / (1 + std::exp(-linear(h, block + "ffn_gate_inp_shexp", 1)[0])) : 1);
        return out;
    }

    Row routerProbabilities(const Row& h, const std::string& block) const
    {
        Row out = linear(h, block + "ffn_gate_inp", d.experts);
        double all = 0;
        for (double& logit : out) {
            logit = d.sigmoidGate ? 1 / (1 + std::exp(-logit)) : std::exp(logit);
            all += logit;
        }
        for (double& value : out)
            value /= d.sigmoidGate ? 1 : all;
        return out;
    }

    /// Experts by what they are chosen by, the best first (DeepSeek-V3, equations 15 and 16, and its groups of experts).
    std::vector<std::pair<double, std::uint32_t>> ranking(const Row& probabilities, const std::string& block) const
    {
        std::vector<std::pair<double, std::uint32_t>> ranked;
        for (std::uint32_t i = 0; i < d.experts; ++i)
            ranked.emplace_back(probabilities[i] + (d.choiceBias ? double(m_made.weights.at(block + "exp_probs_b.bias")[i]) : 0), i);
        if (d.groups > 1) {
            const std::uint32_t size = d.experts / d.groups;
            std::vector<std::pair<double, std::uint32_t>> groups;
            for (std::uint32_t g = 0; g < d.groups; ++g) {
                std::vector<std::pair<double, std::uint32_t>> members(ranked.begin() + g * size, ranked.begin() + (g + 1) * size);
                std::sort(members.rbegin(), members.rend());
                groups.emplace_back(members[0].first + members[1].first, g);
            }
            std::sort(groups.rbegin(), groups.rend());
            for (std::uint32_t g = d.groupsUsed; g < d.groups; ++g)
                for (std::uint32_t i = 0; i < size; ++i)
                    ranked[groups[g].second * size + i].first = -1e9;
        }
        std::sort(ranked.rbegin(), ranked.rend());
        return ranked;
    }

    Row attention(const Row& query, const std::vector<Row>& keys, const std::vector<Row>& values, std::size_t first,
                  const std::string& block) const
    {
        Row out(d.heads * d.valueSize, 0.0);
        for (std::uint32_t head = 0; head < d.heads; ++head) {
            const std::uint32_t shared = head / (d.heads / d.kvHeads);
            const double own = d.attentionScale != 0 ? double(d.attentionScale) : 1 / std::sqrt(double(d.keySize));
            const double growth = magnitude() * (1 + 0.1 * double(d.logMultiplier) * std::log(d.factor));
            const double scale = own * (d.rank > 0 ? growth * growth : 1);
            Row weight(keys.size(), 0.0);
            double sum = d.sinks ? std::exp(double(m_made.weights.at(block + "attn_sinks.weight")[head])) : 0;
            for (std::size_t p = first; p < keys.size(); ++p) {
                double dot = 0;
                for (std::uint32_t i = 0; i < d.keySize; ++i)
                    dot += query[head * d.keySize + i] * keys[p][shared * d.keySize + i];
                weight[p] = std::exp(capped(dot * scale, double(d.attentionSoftCap)));
                sum += weight[p];
            }
            for (std::size_t p = first; p < values.size(); ++p)
                for (std::uint32_t i = 0; i < d.valueSize; ++i)
                    out[head * d.valueSize + i] += weight[p] / sum * values[p][shared * d.valueSize + i];
        }
        return out;
    }

    /// Each head's neighbours (2i, 2i + 1), or its elements i and i + half a head, turned by position * frequency(i).
    Row rotated(Row row, std::size_t position, double base, bool scaled) const
    {
        const std::uint32_t turning = d.turning(), start = d.rank > 0 ? d.keySize - turning : 0;
        for (std::size_t head = 0; head < row.size() && d.rotates; head += d.keySize)
            for (std::uint32_t pair = 0; pair < turning / 2; ++pair) {
                const double plain = std::pow(base, -2.0 * pair / turning), m = scaled ? magnitude() : 1;
                const double angle = double(position) * (scaled ? stretched(plain, pair) : plain);
                double& a = row[head + start + (d.halvesTurn ? pair : 2 * pair)];
                double& b = row[head + start + (d.halvesTurn ? pair + turning / 2 : 2 * pair + 1)];
                const double turned = a * std::cos(angle) - b * std::sin(angle);
                b = m * (a * std::sin(angle) + b * std::cos(angle));
                a = m * turned;
            }
        return row;
    }

    /// The frequency `theta` of a pair after the scaling of positions.
    double stretched(double theta, std::uint32_t pair) const
    {
        if (d.ropeFactors)
            theta /= double(m_made.weights.at("rope_freqs.weight")[pair]);
        if (d.contextFactors)  // LongRoPE (Ding et al. 2024): the long ones in a context beyond the original
            theta /= double(
                m_made.weights.at(d.contextLength > d.originalContext ? "rope_factors_long.weight" : "rope_factors_short.weight")[pair]);
        if (d.scaling == "linear")
            return theta / d.factor;
        if (d.scaling != "yarn")
            return theta;
        // Pair index at which a wave makes `turns` turns over the original context (YaRN, equation 17 solved for d).
        const double context = d.originalContext ? d.originalContext : d.contextLength;
        const auto pairAt = [&](double turns) {
            return d.turning() * std::log(context / (2 * std::numbers::pi * turns)) / (2 * std::log(10000.0));
        };
        const double low = std::max(std::floor(pairAt(double(d.betaFast))), 0.0);
        const double high = std::min(std::ceil(pairAt(double(d.betaSlow))), d.turning() - 1.0);
        const double ramp = std::min(1.0, std::max(0.0, (pair - low) / std::max(high - low, 0.001)));
        const double share = 1 - (1 - ramp) * double(d.extrapolation);
        return theta * (1 - share) + theta / d.factor * share;
    }

    /// DeepSeek-V2 has YaRN's growth of length in the attention's scale alone.
    double magnitude() const
    {
        if (d.scaling != "yarn")
            return double(d.attentionFactor);
        if (d.extrapolation == 0)
            return double(d.attentionFactor) * double(d.yarnAttention);
        return double(d.attentionFactor) * (d.logMultiplier != 0 ? 1 : 0.1 * std::log(d.factor) + 1);
    }

    /// Every head for itself (Henry et al. 2020, with RMSNorm), or all as one row.
    Row headNorm(const Row& heads, const std::string& name) const
    {
        if (!d.headNorms)
            return norm(heads, name);
        Row out;
        for (auto head = heads.begin(); head != heads.end(); head += d.keySize) {
            const Row one = norm(Row(head, head + d.keySize), name);
            out.insert(out.end(), one.begin(), one.end());
        }
        return out;
    }

    /// RMSNorm, or LayerNorm (Ba, Kiros, Hinton 2016); `x` itself where the model has no such norm.
    Row norm(const Row& x, const std::string& name) const
    {
        const auto weight = m_made.weights.find(name + ".weight");
        if (weight == m_made.weights.end())
            return x;
        double mean = 0, squares = 0;
        for (const double v : x)
            mean += d.layerNorm ? v / double(x.size()) : 0;
        for (const double v : x)
            squares += (v - mean) * (v - mean);
        Row out(x.size());
        for (std::size_t i = 0; i < x.size(); ++i) {
            out[i] = (x[i] - mean) / std::sqrt(squares / double(x.size()) + double(1e-5f)) * double(weight->second[i]);
            if (d.layerNorm)
                out[i] += double(m_made.weights.at(name + ".bias")[i]);
        }
        return out;
    }

    Row linear(const Row& x, const std::string& name, std::size_t rows, std::size_t expert = 0) const
    {
        const auto& w = m_made.weights.at(name + ".weight");
        auto& squares = m_squares.try_emplace(name + ".weight", w.size() / rows, 0.0).first->second;
        for (std::size_t c = 0; c < x.size(); ++c)
            squares[expert * x.size() + c] += x[c] * x[c];
        const auto bias = m_made.weights.find(name + ".bias");
        Row out(rows);
        for (std::size_t r = 0; r < rows; ++r) {
            out[r] = bias == m_made.weights.end() ? 0.0 : double(bias->second[bias->second.size() == rows ? r : expert * rows + r]);
            for (std::size_t c = 0; c < x.size(); ++c)
                out[r] += double(w[(expert * rows + r) * x.size() + c]) * x[c];
        }
        return out;
    }

    /// As the cache keeps it.
    Row kept(Row row) const
    {
        for (double& v : row)
            v = m_cache == Cache::Halves ? double(quant::halfToFloat(quant::floatToHalf(float(v)))) : v;
        return row;
    }

    static void addTimes(Row& x, const Row& y, double factor)
    {
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] += factor * y[i];
    }

    const MadeModel& m_made;
    const Design& d;
    Cache m_cache;
    mutable std::map<std::string, std::vector<double>> m_squares;
};

}  // namespace halftone::test
