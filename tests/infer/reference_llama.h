// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/half.h"
#include "tests/infer/made_model.h"

#include <cmath>
#include <numbers>

namespace halftone::test {

/// Llama's forward pass in float64, one plain loop per formula, from the papers: RMSNorm (Zhang, Sennrich 2019), rotary
/// embedding (Su et al. 2021) with YaRN (Peng et al. 2023), grouped-query attention (Ainslie et al. 2023), SwiGLU (Shazeer
/// 2020). It knows nothing of the program's own code but how a half is rounded: keys and values are kept as halves.
class ReferenceLlama {
public:
    explicit ReferenceLlama(const MadeModel& made) : m_made(made), d(made.design) {}

    /// Logits after each of `tokens`.
    std::vector<std::vector<double>> run(const std::vector<int>& tokens) const
    {
        std::vector<Row> stream;
        for (const int token : tokens) {
            const auto& table = m_made.weights.at("token_embd.weight");
            stream.emplace_back(table.begin() + token * int(d.width), table.begin() + (token + 1) * int(d.width));
        }
        for (std::uint32_t layer = 0; layer < d.layers; ++layer)
            runLayer(stream, "blk." + std::to_string(layer) + ".");
        std::vector<Row> logits;
        for (const Row& x : stream)
            logits.push_back(linear(norm(x, "output_norm.weight"), d.tied ? "token_embd" : "output", d.vocabulary));
        return logits;
    }

    /// By matrix, the squares of what entered each column in all runs, added up; expert after expert in a stack.
    const std::map<std::string, std::vector<double>>& squaredInputs() const { return m_squares; }

private:
    using Row = std::vector<double>;

    void runLayer(std::vector<Row>& stream, const std::string& block) const
    {
        std::vector<Row> keys, values;
        for (std::size_t t = 0; t < stream.size(); ++t) {
            const Row h = norm(stream[t], block + "attn_norm.weight");
            keys.push_back(halves(rotated(headNorm(linear(h, block + "attn_k", d.kvHeads * d.keySize), block + "attn_k_norm.weight"), t)));
            values.push_back(halves(linear(h, block + "attn_v", d.kvHeads * d.valueSize)));
            const Row query = rotated(headNorm(linear(h, block + "attn_q", d.heads * d.keySize), block + "attn_q_norm.weight"), t);
            add(stream[t], linear(attention(query, keys, values), block + "attn_output", d.width));
        }
        for (Row& x : stream) {
            const Row h = norm(x, block + "ffn_norm.weight");
            add(x, d.experts > 0 ? mixture(h, block) : feedForward(h, block, "", d.ffnWidth));
        }
    }

    Row feedForward(const Row& h, const std::string& block, const std::string& suffix, std::size_t width, std::size_t expert = 0) const
    {
        Row gate = linear(h, block + "ffn_gate" + suffix, width, expert);
        const Row up = linear(h, block + "ffn_up" + suffix, width, expert);
        for (std::size_t i = 0; i < gate.size(); ++i)
            gate[i] = gate[i] / (1 + std::exp(-gate[i])) * up[i];
        return linear(gate, block + "ffn_down" + suffix, d.width, expert);
    }

    /// The answers of the most probable experts (Shazeer et al. 2017, Jiang et al. 2024), and of the one that all tokens
    /// share (Dai et al. 2024) behind a gate of its own.
    Row mixture(const Row& h, const std::string& block) const
    {
        std::vector<std::pair<double, std::uint32_t>> ranked;
        double all = 0, chosen = 0;
        for (const double logit : linear(h, block + "ffn_gate_inp", d.experts)) {
            ranked.emplace_back(std::exp(logit), std::uint32_t(ranked.size()));
            all += std::exp(logit);
        }
        std::sort(ranked.rbegin(), ranked.rend());
        for (std::uint32_t i = 0; i < d.expertsUsed; ++i)
            chosen += ranked[i].first;
        Row out(d.width, 0.0);
        for (std::uint32_t i = 0; i < d.expertsUsed; ++i)
            addTimes(out, feedForward(h, block, "_exps", d.expertWidth ? d.expertWidth : d.ffnWidth, ranked[i].second),
                     ranked[i].first / (d.plainExpertWeights ? all : chosen));
        if (d.sharedWidth > 0)
            addTimes(out, feedForward(h, block, "_shexp", d.sharedWidth),
                     1 / (1 + std::exp(-linear(h, block + "ffn_gate_inp_shexp", 1)[0])));
        return out;
    }

    Row attention(const Row& query, const std::vector<Row>& keys, const std::vector<Row>& values) const
    {
        Row out(d.heads * d.valueSize, 0.0);
        for (std::uint32_t head = 0; head < d.heads; ++head) {
            const std::uint32_t shared = head / (d.heads / d.kvHeads);
            Row weight;
            double sum = 0;
            for (const Row& key : keys) {
                double dot = 0;
                for (std::uint32_t i = 0; i < d.keySize; ++i)
                    dot += query[head * d.keySize + i] * key[shared * d.keySize + i];
                weight.push_back(std::exp(dot / std::sqrt(double(d.keySize))));
                sum += weight.back();
            }
            for (std::size_t p = 0; p < values.size(); ++p)
                for (std::uint32_t i = 0; i < d.valueSize; ++i)
                    out[head * d.valueSize + i] += weight[p] / sum * values[p][shared * d.valueSize + i];
        }
        return out;
    }

    /// Each head's neighbours (2i, 2i + 1), or its elements i and i + half a head, turned by position * frequency(i).
    Row rotated(Row row, std::size_t position) const
    {
        for (std::size_t head = 0; head < row.size(); head += d.keySize)
            for (std::uint32_t pair = 0; pair < d.keySize / 2; ++pair) {
                const double angle = double(position) * frequency(pair), m = magnitude();
                double& a = row[head + (d.halvesTurn ? pair : 2 * pair)];
                double& b = row[head + (d.halvesTurn ? pair + d.keySize / 2 : 2 * pair + 1)];
                const double turned = a * std::cos(angle) - b * std::sin(angle);
                b = m * (a * std::sin(angle) + b * std::cos(angle));
                a = m * turned;
            }
        return row;
    }

    double frequency(std::uint32_t pair) const
    {
        double theta = std::pow(10000.0, -2.0 * pair / d.keySize);
        if (d.ropeFactors)
            theta /= double(m_made.weights.at("rope_freqs.weight")[pair]);
        if (d.scaling == "linear")
            return theta / d.factor;
        if (d.scaling != "yarn")
            return theta;
        // Pair index at which a wave makes `turns` turns over the original context (YaRN, equation 17 solved for d).
        const double context = d.originalContext ? d.originalContext : d.contextLength;
        const auto pairAt = [&](double turns) {
            return d.keySize * std::log(context / (2 * std::numbers::pi * turns)) / (2 * std::log(10000.0));
        };
        const double low = std::max(std::floor(pairAt(32)), 0.0), high = std::min(std::ceil(pairAt(1)), d.keySize - 1.0);
        const double stretched = std::min(1.0, std::max(0.0, (pair - low) / std::max(high - low, 0.001)));
        return theta * (1 - stretched) + theta / d.factor * stretched;
    }

    double magnitude() const { return d.scaling == "yarn" ? 0.1 * std::log(d.factor) + 1 : 1; }

    /// Every head for itself (Henry et al. 2020, with RMSNorm).
    Row headNorm(const Row& heads, const std::string& name) const
    {
        if (!m_made.weights.contains(name))
            return heads;
        Row out;
        for (auto head = heads.begin(); head != heads.end(); head += d.keySize) {
            const Row one = norm(Row(head, head + d.keySize), name);
            out.insert(out.end(), one.begin(), one.end());
        }
        return out;
    }

    Row norm(const Row& x, const std::string& name) const
    {
        double squares = 0;
        for (const double v : x)
            squares += v * v;
        Row out(x.size());
        for (std::size_t i = 0; i < x.size(); ++i)
            out[i] = x[i] / std::sqrt(squares / double(x.size()) + double(1e-5f)) * double(m_made.weights.at(name)[i]);
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
            out[r] = bias == m_made.weights.end() ? 0.0 : double(bias->second[r]);
            for (std::size_t c = 0; c < x.size(); ++c)
                out[r] += double(w[(expert * rows + r) * x.size() + c]) * x[c];
        }
        return out;
    }

    static Row halves(Row row)
    {
        for (double& v : row)
            v = double(quant::halfToFloat(quant::floatToHalf(float(v))));
        return row;
    }

    static void addTimes(Row& x, const Row& y, double factor)
    {
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] += factor * y[i];
    }
    static void add(Row& x, const Row& y) { addTimes(x, y, 1); }

    const MadeModel& m_made;
    const Design& d;
    mutable std::map<std::string, std::vector<double>> m_squares;
};

}  // namespace halftone::test
