// SPDX-License-Identifier: Apache-2.0
#include "core/infer/context.h"

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/infer/accelerator.h"
#include "core/infer/forward_pass.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace halftone::infer {

namespace {

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

struct Context::State : ForwardPass {
    State(std::shared_ptr<const Variant> v, std::size_t capacity, KvType kvType, const Executor& e, Accelerator* a)
        : ForwardPass(std::move(v), capacity, kvType, e),
          accelerator(a)
    {
    }

    void checkTokens(std::span<const token::Id> tokens) const;
    void runBatch(std::span<const token::Id> tokens, std::size_t wanted, std::span<float> out, Progress& progress);
    bool runOnDevice(std::span<const token::Id> tokens, std::size_t wanted, std::span<float> out, Progress& progress);
    bool tryDevice(const std::function<void()>& work, Progress& progress);
    void runBehindDevice(std::size_t tokens, std::size_t wanted, std::span<float> out, Progress& progress);
    void projectLast(std::size_t tokens, std::size_t wanted, std::span<float> out, Progress& progress);
    void openDevice(Progress& progress);
    std::size_t mostAtOnce() const;
    void leaveDevice(Progress& progress);

    Accelerator* accelerator;  ///< null: none, or it has been asked or has failed
    std::unique_ptr<DevicePass> device;  ///< null: all on the CPU
    std::vector<token::Id> past;  ///< the tokens in the cache, where there is a device: the CPU may have to take them over
};

void Context::State::openDevice(Progress& progress)
{
    if (!device && accelerator && position == 0)
        device = accelerator->passFor(variant, cache.capacity(), cache.type(), progress);
    if (!device)
        accelerator = nullptr;
}

/// Whatever the device knows of the text is computed once more.
void Context::State::leaveDevice(Progress& progress)
{
    if (!device)
        return;
    device.reset();
    accelerator = nullptr;
    const std::vector<token::Id> tokens = std::exchange(past, {});
    for (position = 0; position < tokens.size();) {
        const auto part = std::span(tokens).subspan(position, std::min(batch, tokens.size() - position));
        run(part, 0, progress);
        position += part.size();
    }
}

/// The logits of the last rows of x.
void Context::State::projectLast(std::size_t tokens, std::size_t wanted, std::span<float> out, Progress& progress)
{
    if (wanted > 0)
        project({x.data() + (tokens - wanted) * h.width, wanted * h.width}, out, progress);
}

/// False where the device has failed; the text is the CPU's then.
bool Context::State::tryDevice(const std::function<void()>& work, Progress& progress)
{
    try {
        work();
        return true;
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Cancelled)
            throw;
        accelerator->gaveUp(error);
        leaveDevice(progress);
        return false;
    }
}

/// False where the device has failed and the CPU is to do it.
bool Context::State::runOnDevice(std::span<const token::Id> tokens, std::size_t wanted, std::span<float> out, Progress& progress)
{
    embed(tokens, position);
    const WantedLogits made = device->projects() ? WantedLogits{wanted, out} : WantedLogits{};
    if (!tryDevice([&] { device->run(x, position, made, progress); }, progress))
        return false;
    if (!device->projects())
        runBehindDevice(tokens.size(), wanted, out, progress);
    past.insert(past.end(), tokens.begin(), tokens.end());
    return true;
}

void Context::State::runBehindDevice(std::size_t tokens, std::size_t wanted, std::span<float> out, Progress& progress)
{
    computeAngles(tokens);
    for (std::size_t layer = device->layers(); layer < h.layers; ++layer)
        runLayer(layer, tokens, layer + 1 == h.layers ? wanted : tokens, progress);
    projectLast(tokens, wanted, out, progress);
}

/// A device cuts batches itself, where a cancel would wait for too long.
std::size_t Context::State::mostAtOnce() const
{
    return device && device->projects() ? kLongestBatch : batch;
}

void Context::State::runBatch(std::span<const token::Id> tokens, std::size_t wanted, std::span<float> out, Progress& progress)
{
    if (!device || !runOnDevice(tokens, wanted, out, progress)) {
        run(tokens, wanted, progress);
        projectLast(tokens.size(), wanted, out, progress);
    }
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

Context::Context(std::shared_ptr<const Variant> variant, std::size_t capacity, const Executor& executor, KvType kvType,
                 Accelerator* accelerator)
    : m_state(std::make_unique<State>(std::move(variant), capacity, kvType, executor, accelerator))
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
    m_state->past.resize(std::min(m_state->past.size(), length));
}

std::span<const float> Context::evaluate(std::span<const token::Id> tokens, std::size_t wanted, Progress& progress)
{
    State& s = *m_state;
    if (wanted > tokens.size())
        throw Error(ErrorCode::Usage, "more logits wanted than tokens given");
    s.checkTokens(tokens);
    s.logits.resize(wanted * s.h.vocabulary);
    const std::size_t firstWanted = tokens.size() - wanted;
    s.openDevice(progress);
    for (std::size_t begin = 0; begin < tokens.size();) {
        const std::size_t count = std::min(s.mostAtOnce(), tokens.size() - begin), end = begin + count;
        const std::size_t from = std::max(begin, firstWanted), here = end > from ? end - from : 0;
        const std::size_t row = here ? from - firstWanted : 0;
        s.runBatch(tokens.subspan(begin, count), here, std::span(s.logits).subspan(row * s.h.vocabulary, here * s.h.vocabulary), progress);
        begin = end;
    }
    return s.logits;
}

bool Context::evaluateKept(std::span<const token::Id> tokens, std::size_t wanted, Progress& progress)
{
    State& s = *m_state;
    s.checkTokens(tokens);
    if (wanted > mostKept(progress) || wanted > tokens.size() || wanted == 0)
        return false;
    s.embed(tokens, s.position);
    if (!s.tryDevice([&] { s.device->run(s.x, s.position, {.rows = wanted}, progress); }, progress))
        return false;
    s.past.insert(s.past.end(), tokens.begin(), tokens.end());
    s.position += tokens.size();
    progress.advance(tokens.size());
    return true;
}

std::size_t Context::mostKept(Progress& progress)
{
    m_state->openDevice(progress);
    return m_state->device ? m_state->device->mostKept() : 0;
}

DeviceShare Context::deviceShare() const
{
    const State& s = *m_state;
    if (!s.device)
        return {.allLayers = s.h.layers};
    return {.layers = s.device->layers(), .allLayers = s.h.layers, .output = s.device->projects()};
}

bool Context::compare(Context& other, std::span<const token::Id> targets, std::span<ComparedPrediction> out, Progress& progress)
{
    State& s = *m_state;
    if (!s.device || !other.m_state->device)
        return false;
    bool compared = false;
    return s.tryDevice([&] { compared = s.device->compare(*other.m_state->device, targets, out); }, progress) && compared;
}

void Context::embed(std::span<const token::Id> tokens, std::span<float> stream)
{
    State& s = *m_state;
    if (stream.size() != tokens.size() * s.h.width)
        throw Error(ErrorCode::Usage, "the stream does not have the shape of the text");
    s.embed(tokens, 0);
    std::ranges::copy(s.x, stream.begin());
}

void Context::runLayers(std::span<float> stream, std::size_t first, std::size_t last, ProductObserver* observer, Progress& progress)
{
    State& s = *m_state;
    const Observation observation{s.observer, observer};
    if (stream.size() % s.h.width != 0 || stream.size() / s.h.width > capacity() || first > last || last > s.h.layers)
        throw Error(ErrorCode::Usage, "the stream or the layers are not those of this model");
    clear();
    s.leaveDevice(progress);
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
    s.leaveDevice(progress);
    const Observation observation{s.observer, &observer};
    for (std::size_t begin = 0; begin < tokens.size(); begin += s.batch) {
        const std::size_t count = std::min(s.batch, tokens.size() - begin);
        s.run(tokens.subspan(begin, count), count, progress);
        if (withOutput)
            s.showOutputInput(count);
        s.position += count;
        progress.advance(count);
    }
}

}  // namespace halftone::infer
