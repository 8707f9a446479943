// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/network_commands.h"

#include "gpu/infer/placement.h"

#include <algorithm>
#include <array>
#include <bit>

namespace halftone::gpu {
namespace {

/// The least that every device takes; kernels go on in steps of as many groups.
constexpr std::uint32_t kMostGroups = 65535;
/// Up to so many tokens are each multiplied on their own: a tile of them would be mostly empty.
constexpr std::uint32_t kFewTokens = 4;

std::uint32_t groupsFor(std::uint64_t count, std::uint32_t perGroup)
{
    return std::uint32_t(std::clamp<std::uint64_t>((count + perGroup - 1) / perGroup, 1, kMostGroups));
}

std::uint32_t bits(float value)
{
    return std::bit_cast<std::uint32_t>(value);
}

}  // namespace

void NetworkCommands::multiply(const DeviceMatrix& matrix, const Slice& x, const Slice& out, std::uint32_t tokens,
                               std::uint32_t firstResult)
{
    dispatchProduct(matrix, x, {.slice = out, .first = firstResult}, tokens);
}

void NetworkCommands::addProduct(const DeviceMatrix& matrix, const Slice& x, const Slice& out, std::uint32_t tokens, float share)
{
    dispatchProduct(matrix, x, {.slice = out, .share = share}, tokens);
}

void NetworkCommands::multiplyExperts(const DeviceMatrix& experts, const Slice& x, const Slice& out, std::uint32_t tokens,
                                      const Slots& slots)
{
    if (slots.groups.bytes > 0)
        dispatchTiles(experts, x, {.slice = out}, tokens, slots);
    else
        dispatchVectors(experts, x, {.slice = out}, tokens * slots.used, slots);
}

bool NetworkCommands::groupingPays(std::uint32_t tokens, const Slots& slots)
{
    return std::uint64_t(tokens) * slots.used > std::uint64_t(kFewTokens) * slots.experts;
}

void NetworkCommands::group(const Slots& slots, std::uint32_t tokens)
{
    m_commands.dispatch(m_kernels.group(), std::array{slots.chosen, slots.groups},
                        std::array{tokens, slots.used, slots.experts, slots.groupStride}, groupsFor(slots.experts, 1));
}

void NetworkCommands::dispatchProduct(const DeviceMatrix& matrix, const Slice& x, const Target& out, std::uint32_t tokens)
{
    if (tokens <= kFewTokens)
        dispatchVectors(matrix, x, out, tokens, {});
    else
        dispatchTiles(matrix, x, out, tokens, {});
}

/// Tiles of rows and tokens: of all, or of those that go to each expert.
void NetworkCommands::dispatchTiles(const DeviceMatrix& matrix, const Slice& x, const Target& out, std::uint32_t tokens, const Slots& slots)
{
    constexpr std::uint32_t kRows = 64, kNarrow = 32, kWide = 64;
    const bool grouped = slots.groups.bytes > 0;
    const std::uint64_t together = grouped ? std::uint64_t(tokens) * slots.used / slots.experts : tokens;
    const std::uint32_t tile = together > kNarrow ? kWide : kNarrow;
    for (const MatrixPart& part : matrix.parts) {
        const std::array slices{part.slice, x, out.slice, orTables(matrix.bias), m_kernels.tables(), orTables(slots.groups)};
        const std::array<std::uint32_t, 12> push{matrix.columns,        part.rows,        matrix.rowBytes, part.firstRow,   matrix.rows,
                                                 matrix.bias.bytes > 0, tokens,           out.first,       bits(out.share), slots.used,
                                                 slots.ownInput,        slots.groupStride};
        m_commands.dispatch(m_kernels.multiplyMatrix(matrix.type, tile, grouped), slices, push,
                            groupsFor(std::min(part.rows, matrix.rows), kRows), (tokens + tile - 1) / tile, grouped ? slots.experts : 1);
    }
}

/// Each row of x on its own: a token's, or that of one of its experts.
void NetworkCommands::dispatchVectors(const DeviceMatrix& matrix, const Slice& x, const Target& out, std::uint32_t vectors,
                                      const Slots& slots)
{
    constexpr std::uint32_t kRows = 8;
    const bool rounded = roundVectors(matrix, x, slots.used > 0 && !slots.ownInput ? vectors / slots.used : vectors);
    const Kernel& kernel = rounded ? m_kernels.multiplyRounded(matrix.type) : m_kernels.multiplyVector(matrix.type);
    const Slice input = rounded ? m_kernels.rounded() : x;
    for (const MatrixPart& part : matrix.parts) {
        const std::array slices{part.slice, input, out.slice, orTables(matrix.bias), m_kernels.tables(), orTables(slots.chosen)};
        const std::array<std::uint32_t, 11> push{matrix.columns,        part.rows, matrix.rowBytes, part.firstRow,   matrix.rows,
                                                 matrix.bias.bytes > 0, vectors,   out.first,       bits(out.share), slots.used,
                                                 slots.ownInput};
        m_commands.dispatch(kernel, slices, push, groupsFor(std::min(part.rows, matrix.rows), kRows), vectors);
    }
}

bool NetworkCommands::roundVectors(const DeviceMatrix& matrix, const Slice& x, std::uint64_t vectors)
{
    const std::uint64_t elements = vectors * matrix.columns;
    const Slice rounded = m_kernels.rounded();
    if (!m_kernels.roundsVectors(matrix.type) || NetworkKernels::roundedBytes(elements) > rounded.bytes)
        return false;
    barrier();  // the product before this one may still read there
    m_commands.dispatch(m_kernels.round(matrix.type), std::array{x, rounded}, std::array{std::uint32_t(elements / 8)},
                        groupsFor(elements, 8 * 64));
    barrier();
    return true;
}

void NetworkCommands::route(const RouteStep& step)
{
    const infer::RoutingRule& rule = step.rule;
    const std::array slices{step.scores, step.chosen, step.shares, orTables(step.choiceBias)};
    const std::array<std::uint32_t, 8> push{
        step.tokens,      std::uint32_t(rule.experts), std::uint32_t(rule.used),       rule.sumToOne,
        bits(rule.scale), std::uint32_t(rule.groups),  std::uint32_t(rule.groupsUsed), step.choiceBias.bytes > 0};
    m_commands.dispatch(m_kernels.route(rule.sigmoid), slices, push, groupsFor(step.tokens, 1));
}

void NetworkCommands::combine(const CombineStep& step)
{
    const std::array slices{step.answers, step.shares, orTables(step.sharedAnswers), orTables(step.sharedLogits), step.result};
    m_commands.dispatch(m_kernels.combine(step.shared), slices, std::array{step.tokens, step.used, step.width},
                        groupsFor(std::uint64_t(step.tokens) * step.width, 64));
}

void NetworkCommands::normalize(const DeviceNorm& norm, infer::NormKind kind, float epsilon, const Slice& x, const Rows& out,
                                std::uint32_t firstRow)
{
    const std::array slices{x, out.slice, norm.weight, orTables(norm.bias)};
    const std::array<std::uint32_t, 5> push{out.count, out.width, firstRow, norm.bias.bytes > 0, bits(epsilon)};
    m_commands.dispatch(m_kernels.normalize(kind), slices, push, groupsFor(out.count, 1));
}

void NetworkCommands::rotate(const RotateStep& step)
{
    const std::array slices{step.rows, step.angles};
    const std::array<std::uint32_t, 7> push{step.tokens, step.heads, step.headSize, step.pairs, step.position, step.capacity * step.pairs,
                                            step.begin};
    m_commands.dispatch(m_kernels.rotate(step.pairing), slices, push, groupsFor(std::uint64_t(step.tokens) * step.heads * step.pairs, 64));
}

void NetworkCommands::copyPieces(const PieceStep& step)
{
    const std::array<std::uint32_t, 9> push{step.tokens,       step.heads,        step.width,       step.source.token, step.source.head,
                                            step.source.begin, step.target.token, step.target.head, step.target.begin};
    m_commands.dispatch(m_kernels.pieces(), std::array{step.from, step.to}, push,
                        groupsFor(std::uint64_t(step.tokens) * step.heads * step.width, 64));
}

void NetworkCommands::store(const StoreStep& step)
{
    const std::array slices{step.rows, step.cache};
    const std::array<std::uint32_t, 4> push{step.tokens, step.heads, step.headSize, step.position};
    m_commands.dispatch(m_kernels.store(step.kvType), slices, push,
                        groupsFor(std::uint64_t(step.tokens) * step.heads * cacheWords(step.headSize, step.kvType), 64));
}

std::uint32_t AttentionStep::queriesOfGroup() const
{
    constexpr std::uint32_t kMostShared = 768;  // elements of a key: four queries of as many fit into the least memory that groups share
    return tokens * (heads / kvHeads) > 2 && keySize <= kMostShared ? 4 : 1;
}

std::uint32_t AttentionStep::partCount() const
{
    constexpr std::uint32_t kLeastPositions = 256, kMost = 16;
    if (parts.bytes == 0)
        return 1;
    const std::uint32_t seen = std::min(window, position + tokens);
    const std::uint32_t groups = kvHeads * groupsFor(std::uint64_t(tokens) * (heads / kvHeads), queriesOfGroup());
    return std::clamp<std::uint32_t>(std::min(seen / kLeastPositions, kMostGroups / groups), 1, kMost);
}

void NetworkCommands::attend(const AttentionStep& step)
{
    const std::uint32_t parts = step.partCount(), together = step.queriesOfGroup();
    const std::array slices{step.queries, step.keys, step.values, orTables(step.sinks), parts > 1 ? step.parts : step.out};
    const std::array<std::uint32_t, 10> push{step.tokens,   step.heads,  step.kvHeads,     step.keySize,       step.valueSize,
                                             step.position, step.window, bits(step.scale), bits(step.softCap), step.sinks.bytes > 0};
    m_commands.dispatch(m_kernels.attend({step.kvType, step.keySize, step.valueSize, together}), slices, push,
                        groupsFor(std::uint64_t(step.tokens) * (step.heads / step.kvHeads), together), step.kvHeads, parts);
    if (parts == 1)
        return;
    barrier();
    const std::uint32_t rows = step.tokens * step.heads;
    m_commands.dispatch(m_kernels.merge(), std::array{step.parts, step.out}, std::array{rows, parts, step.valueSize},
                        groupsFor(std::uint64_t(rows) * step.valueSize, 64));
}

void NetworkCommands::activate(infer::Activation activation, const Slice& hidden, const Slice& factor, std::uint32_t count)
{
    const std::array slices{hidden, orTables(factor)};
    m_commands.dispatch(m_kernels.activate(activation, factor.bytes == 0), slices, std::array{count}, groupsFor(count, 64));
}

void NetworkCommands::add(const Slice& y, const Slice& x, float scale, std::uint32_t count)
{
    m_commands.dispatch(m_kernels.add(), std::array{y, x}, std::array{count, bits(scale)}, groupsFor(count, 64));
}

void NetworkCommands::cap(const Slice& x, float scale, float cap, std::uint32_t first, std::uint32_t count)
{
    m_commands.dispatch(m_kernels.cap(), std::array{x}, std::array{first, count, bits(scale), bits(cap)}, groupsFor(count, 64));
}

void NetworkCommands::compare(const CompareStep& step)
{
    m_commands.dispatch(m_kernels.compare(), std::array{step.x, step.y, step.targets, step.results}, std::array{step.rows, step.vocabulary},
                        groupsFor(step.rows, 1));
}

}  // namespace halftone::gpu
