// SPDX-License-Identifier: Apache-2.0
#include "core/infer/context.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/attention.h"
#include "core/infer/product_observer.h"
#include "core/infer/weights.h"
#include "core/quant/codec.h"

#include <algorithm>

namespace halftone::infer {

namespace {

constexpr std::size_t kDefaultCapacity = 4096, kLongestBatch = 512, kShortestBatch = 16;
/// Multiply-adds of one matrix product between two checks for a cancel.
constexpr std::uint64_t kWorkPerCheck = std::uint64_t(1) << 32;
/// Below this many elements a loop over rows stays on the calling thread.
constexpr std::size_t kElementsPerTask = 1 << 14;

/// Tokens whose product with a matrix of `weights` weights keeps a cancel waiting less than 100 ms.
std::size_t batchFor(std::uint64_t weights)
{
    return std::clamp<std::size_t>(kWorkPerCheck / std::max<std::uint64_t>(1, weights), kShortestBatch, kLongestBatch);
}

std::size_t capacityFor(const Hyperparameters& h, std::size_t wanted)
{
    return wanted > 0 ? wanted : std::size_t(std::min<std::uint64_t>(h.contextLength, kDefaultCapacity));
}

/// While it lives, the products' inputs are shown to an observer.
class Observation {
public:
    Observation(ProductObserver*& place, ProductObserver* observer) : m_place(place) { m_place = observer; }
    ~Observation() { m_place = nullptr; }
    Observation(const Observation&) = delete;
    Observation& operator=(const Observation&) = delete;

private:
    ProductObserver*& m_place;
};

}  // namespace

/// The forward pass. Buffers hold one batch, row by row; m_x is the residual stream.
struct Context::State {
    State(std::shared_ptr<const Variant> v, std::size_t capacity, const Executor& e)
        : variant(std::move(v)),
          h(variant->hyperparameters()),
          w(variant->weights()),
          executor(e),
          cache(h, capacityFor(h, capacity)),
          attention(h),
          batch(std::min(cache.capacity(), batchFor(h.width * std::max({h.ffnWidth, h.queryWidth(), h.attentionWidth()}))))
    {
    }

    void embed(std::span<const token::Id> tokens);
    void computeAngles(std::size_t tokens);
    void checkTokens(std::span<const token::Id> tokens) const;
    void runBatch(std::span<const token::Id> tokens, std::size_t wanted, std::span<float> out, Progress& progress);
    void runLayers(std::span<const token::Id> tokens, std::size_t wanted, Progress& progress);
    void showOutputInput(std::size_t tokens);
    void runLayer(std::size_t layer, std::size_t tokens, std::size_t wanted, Progress& progress);
    void attend(std::size_t layer, std::size_t tokens, std::size_t wanted, Progress& progress);
    void storeKeysAndValues(std::size_t layer, std::size_t tokens);
    void feedForward(const LayerWeights& weights, std::span<float> stream, Progress& progress);
    void project(std::span<const float> stream, std::span<float> out, Progress& progress);
    std::string_view outputName() const { return w.output.data == w.embedding.data ? "token_embd.weight" : "output.weight"; }

    void apply(const Linear& linear, std::vector<float>& out);
    void addProductTo(const Linear& linear, std::span<float> stream);
    void normalize(std::span<const float> stream, std::span<const float> weight);
    void normalizeHeads(std::span<float> rows, std::span<const float> weight) const;
    void rotateHeads(std::span<float> rows, std::size_t heads, std::size_t firstToken) const;
    template <class Body>
    void forRows(std::size_t rows, std::size_t width, const Body& body) const
    {
        const std::size_t grain = std::max<std::size_t>(1, kElementsPerTask / std::max<std::size_t>(1, width));
        executor.forRanges(rows, grain, [&](std::size_t begin, std::size_t end) {
            for (std::size_t row = begin; row < end; ++row)
                body(row);
        });
    }

    std::shared_ptr<const Variant> variant;
    const Hyperparameters& h;
    const Variant::Weights& w;
    const Executor& executor;
    KvCache cache;
    Attention attention;
    std::size_t batch;
    std::size_t position = 0;
    ProductObserver* observer = nullptr;  ///< set while observe() runs
    Activations activations;
    std::vector<float> x, normalized, queries, keys, values, mixed, gate, up, product, cosine, sine, logits;
};

void Context::State::embed(std::span<const token::Id> tokens)
{
    const std::uint64_t rowBytes = quant::rowBytes(w.embedding.type, h.width);
    x.resize(tokens.size() * h.width);
    forRows(tokens.size(), h.width, [&](std::size_t t) {
        quant::dequantize(w.embedding.type, {w.embedding.data + std::uint64_t(tokens[t]) * rowBytes, rowBytes},
                          {x.data() + t * h.width, h.width});
    });
}

void Context::State::computeAngles(std::size_t tokens)
{
    const std::size_t pairs = w.rope->pairs();
    cosine.resize(tokens * pairs);
    sine.resize(tokens * pairs);
    forRows(tokens, pairs * 32, [&](std::size_t t) {
        w.rope->angles(position + t, {cosine.data() + t * pairs, pairs}, {sine.data() + t * pairs, pairs});
    });
}

void Context::State::rotateHeads(std::span<float> rows, std::size_t heads, std::size_t firstToken) const
{
    const std::size_t width = heads * h.keySize, pairs = w.rope->pairs();
    forRows(rows.size() / width, width, [&](std::size_t row) {
        const std::span<const float> c(cosine.data() + (firstToken + row) * pairs, pairs),
            s(sine.data() + (firstToken + row) * pairs, pairs);
        for (std::size_t head = 0; head < heads; ++head)
            rotate(rows.subspan(row * width + head * h.keySize, h.keySize), c, s, h.rope.pairing);
    });
}

/// Each piece of `rows` that is as long as `weight`; nothing where the model has no such norm.
void Context::State::normalizeHeads(std::span<float> rows, std::span<const float> weight) const
{
    if (weight.empty())
        return;
    forRows(rows.size() / weight.size(), weight.size(), [&](std::size_t piece) {
        const auto head = rows.subspan(piece * weight.size(), weight.size());
        rmsNorm(head, weight, h.normEpsilon, head);
    });
}

void Context::State::normalize(std::span<const float> stream, std::span<const float> weight)
{
    normalized.resize(stream.size());
    forRows(stream.size() / h.width, h.width, [&](std::size_t row) {
        rmsNorm(stream.subspan(row * h.width, h.width), weight, h.normEpsilon, {normalized.data() + row * h.width, h.width});
    });
    activations.assign(normalized, h.width);
}

/// out = activations * weights + bias
void Context::State::apply(const Linear& linear, std::vector<float>& out)
{
    const std::size_t rows = linear.weight.rows;
    if (observer)
        observer->observe({.weight = linear.name, .rows = activations.floats(), .columns = activations.columns()});
    out.resize(activations.tokens() * rows);
    multiply(linear.weight, activations, out, executor);
    if (!linear.bias.empty())
        forRows(activations.tokens(), rows, [&](std::size_t t) { addTo({out.data() + t * rows, rows}, linear.bias); });
}

void Context::State::addProductTo(const Linear& linear, std::span<float> stream)
{
    apply(linear, product);
    forRows(stream.size() / h.width, h.width, [&](std::size_t t) {
        addTo(stream.subspan(t * h.width, h.width), {product.data() + t * h.width, h.width});
    });
}

void Context::State::storeKeysAndValues(std::size_t layer, std::size_t tokens)
{
    forRows(h.kvHeads, tokens * (h.keySize + h.valueSize), [&](std::size_t head) {
        for (std::size_t t = 0; t < tokens; ++t)
            cache.store(layer, head, position + t, {keys.data() + t * h.keyWidth() + head * h.keySize, h.keySize},
                        {values.data() + t * h.valueWidth() + head * h.valueSize, h.valueSize});
    });
}

void Context::State::attend(std::size_t layer, std::size_t tokens, std::size_t wanted, Progress& progress)
{
    const LayerWeights& weights = w.layers[layer];
    const std::size_t first = tokens - wanted;
    normalize({x.data(), tokens * h.width}, weights.attentionNorm);
    apply(weights.key, keys);
    progress.checkpoint();
    apply(weights.value, values);
    progress.checkpoint();
    normalizeHeads(keys, weights.keyNorm);
    rotateHeads(keys, h.kvHeads, 0);
    storeKeysAndValues(layer, tokens);
    if (wanted == 0)
        return;

    if (first > 0)
        activations.assign({normalized.data() + first * h.width, wanted * h.width}, h.width);
    apply(weights.query, queries);
    progress.checkpoint();
    normalizeHeads(queries, weights.queryNorm);
    rotateHeads(queries, h.heads, first);
    mixed.resize(wanted * h.attentionWidth());
    attention.run(cache, layer, position + first, queries, mixed, executor);
    progress.checkpoint();
    activations.assign(mixed, h.attentionWidth());
    addProductTo(weights.attentionOutput, {x.data() + first * h.width, wanted * h.width});
}

void Context::State::feedForward(const LayerWeights& weights, std::span<float> stream, Progress& progress)
{
    normalize(stream, weights.ffnNorm);
    apply(weights.gate, gate);
    progress.checkpoint();
    apply(weights.up, up);
    progress.checkpoint();
    forRows(stream.size() / h.width, h.ffnWidth, [&](std::size_t t) {
        siluTimes({gate.data() + t * h.ffnWidth, h.ffnWidth}, {up.data() + t * h.ffnWidth, h.ffnWidth});
    });
    activations.assign(gate, h.ffnWidth);
    addProductTo(weights.down, stream);
}

/// One layer over the batch in x; the last `wanted` rows are brought up to date, the others only leave their keys and
/// values. (Only the last layer wants fewer rows than there are.)
void Context::State::runLayer(std::size_t layer, std::size_t tokens, std::size_t wanted, Progress& progress)
{
    progress.checkpoint();
    attend(layer, tokens, wanted, progress);
    if (wanted == 0)
        return;
    progress.checkpoint();
    feedForward(w.layers[layer], {x.data() + (tokens - wanted) * h.width, wanted * h.width}, progress);
}

/// Final norm and the logits of `stream`, a few rows at a time, because the output matrix can be far larger than the others.
void Context::State::project(std::span<const float> stream, std::span<float> out, Progress& progress)
{
    const std::size_t rows = stream.size() / h.width, step = batchFor(h.width * h.vocabulary);
    for (std::size_t begin = 0; begin < rows; begin += step) {
        const std::size_t count = std::min(step, rows - begin);
        progress.checkpoint();
        normalize(stream.subspan(begin * h.width, count * h.width), w.outputNorm);
        if (observer)
            observer->observe({.weight = outputName(), .rows = activations.floats(), .columns = activations.columns()});
        multiply(w.output, activations, out.subspan(begin * h.vocabulary, count * h.vocabulary), executor);
    }
}

void Context::State::runLayers(std::span<const token::Id> tokens, std::size_t wanted, Progress& progress)
{
    embed(tokens);
    computeAngles(tokens.size());
    for (std::size_t layer = 0; layer < h.layers; ++layer)
        runLayer(layer, tokens.size(), layer + 1 == h.layers ? wanted : tokens.size(), progress);
}

void Context::State::showOutputInput(std::size_t tokens)
{
    if (w.output.data == w.embedding.data)
        return;
    normalize({x.data(), tokens * h.width}, w.outputNorm);
    observer->observe({.weight = "output.weight", .rows = activations.floats(), .columns = activations.columns()});
}

void Context::State::runBatch(std::span<const token::Id> tokens, std::size_t wanted, std::span<float> out, Progress& progress)
{
    runLayers(tokens, wanted, progress);
    if (wanted > 0)
        project({x.data() + (tokens.size() - wanted) * h.width, wanted * h.width}, out, progress);
    position += tokens.size();
    progress.advance(tokens.size());
}

void Context::State::checkTokens(std::span<const token::Id> tokens) const
{
    if (tokens.size() > cache.capacity() - position)
        throw Error(ErrorCode::Usage,
                    {.problem = "the text is longer than the context of " + std::to_string(cache.capacity()) + " tokens",
                     .file = {},
                     .place = {},
                     .advice = "shorten the prompt or ask for fewer tokens"});
    const auto known = [&](token::Id id) { return id >= 0 && std::uint64_t(id) < h.vocabulary; };
    if (!std::all_of(tokens.begin(), tokens.end(), known))
        throw Error(ErrorCode::Usage, "a token id is outside the model's vocabulary");
}

Context::Context(std::shared_ptr<const Variant> variant, std::size_t capacity, const Executor& executor)
    : m_state(std::make_unique<State>(std::move(variant), capacity, executor))
{
}

Context::~Context() = default;
Context::Context(Context&&) noexcept = default;
Context& Context::operator=(Context&&) noexcept = default;

std::size_t Context::position() const
{
    return m_state->position;
}

std::size_t Context::capacity() const
{
    return m_state->cache.capacity();
}

void Context::clear()
{
    truncate(0);
}

void Context::truncate(std::size_t length)
{
    m_state->position = std::min(m_state->position, length);
}

std::span<const float> Context::evaluate(std::span<const token::Id> tokens, std::size_t wanted, Progress& progress)
{
    State& s = *m_state;
    if (wanted > tokens.size())
        throw Error(ErrorCode::Usage, "more logits wanted than tokens given");
    s.checkTokens(tokens);
    s.logits.resize(wanted * s.h.vocabulary);
    const std::size_t firstWanted = tokens.size() - wanted;
    for (std::size_t begin = 0; begin < tokens.size();) {
        const std::size_t count = std::min(s.batch, tokens.size() - begin), end = begin + count;
        const std::size_t from = std::max(begin, firstWanted), here = end > from ? end - from : 0;
        const std::size_t row = here ? from - firstWanted : 0;
        s.runBatch(tokens.subspan(begin, count), here, std::span(s.logits).subspan(row * s.h.vocabulary, here * s.h.vocabulary), progress);
        begin = end;
    }
    return s.logits;
}

void Context::embed(std::span<const token::Id> tokens, std::span<float> stream)
{
    State& s = *m_state;
    if (stream.size() != tokens.size() * s.h.width)
        throw Error(ErrorCode::Usage, "the stream does not have the shape of the text");
    s.embed(tokens);
    std::ranges::copy(s.x, stream.begin());
}

void Context::runLayers(std::span<float> stream, std::size_t first, std::size_t last, ProductObserver* observer, Progress& progress)
{
    State& s = *m_state;
    const Observation observation{s.observer, observer};
    if (stream.size() % s.h.width != 0 || stream.size() / s.h.width > capacity() || first > last || last > s.h.layers)
        throw Error(ErrorCode::Usage, "the stream or the layers are not those of this model");
    s.position = 0;
    for (std::size_t begin = 0; begin < stream.size(); begin += s.batch * s.h.width) {
        const auto batch = stream.subspan(begin, std::min(s.batch * s.h.width, stream.size() - begin));
        const std::size_t tokens = batch.size() / s.h.width;
        s.x.assign(batch.begin(), batch.end());
        s.computeAngles(tokens);
        for (std::size_t layer = first; layer < last; ++layer)
            s.runLayer(layer, tokens, tokens, progress);
        std::ranges::copy(s.x, batch.begin());
        s.position += tokens;
    }
    s.position = 0;
}

std::span<const float> Context::project(std::span<const float> stream, ProductObserver* observer, Progress& progress)
{
    State& s = *m_state;
    const Observation observation{s.observer, observer};
    if (stream.size() % s.h.width != 0)
        throw Error(ErrorCode::Usage, "the stream is not one of this model");
    s.logits.resize(stream.size() / s.h.width * s.h.vocabulary);
    s.project(stream, s.logits, progress);
    return s.logits;
}

void Context::observe(std::span<const token::Id> tokens, ProductObserver& observer, bool withOutput, Progress& progress)
{
    State& s = *m_state;
    s.checkTokens(tokens);
    const Observation observation{s.observer, &observer};
    for (std::size_t begin = 0; begin < tokens.size(); begin += s.batch) {
        const std::size_t count = std::min(s.batch, tokens.size() - begin);
        s.runLayers(tokens.subspan(begin, count), count, progress);
        if (withOutput)
            s.showOutputInput(count);
        s.position += count;
        progress.advance(count);
    }
}

}  // namespace halftone::infer
