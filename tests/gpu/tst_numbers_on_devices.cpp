// SPDX-License-Identifier: GPL-3.0-or-later
// Quotients, roots and halves of the shaders are those of the CPU, whatever the driver's own are.
#include "core/quant/half.h"
#include "gpu/commands.h"
#include "gpu/staging.h"
#include "tests/gpu/opened_device.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

using namespace halftone;
using namespace halftone::gpu;

namespace {

constexpr std::uint32_t kShader[] = {
#include "numbers_spirv.inc"
};

struct Pair {
    float a, b;
};
struct Results {
    std::uint32_t quotient, root, half, back;
};

/// Of all sizes for which quotients and roots are no subnormal numbers; every third with a mantissa near its ends.
float randomFloat(std::mt19937& random)
{
    std::uint32_t mantissa = std::uint32_t(random()) & 0x7fffffu;
    if (random() % 3 == 0)
        mantissa = std::uint32_t(random() % 2 ? random() % 4 : 0x7fffffu - random() % 4);
    return std::bit_cast<float>(std::uint32_t((random() & 0x80000000u) | (127 - 60 + random() % 120) << 23 | mantissa));
}

std::vector<Results> computedBy(ComputeDevice& device, const std::vector<Pair>& pairs)
{
    const Kernel kernel(device, {.code = kShader, .buffers = 2});
    const Buffer input(device, pairs.size() * sizeof(Pair), Buffer::Place::Device),
        output(device, pairs.size() * sizeof(Results), Buffer::Place::Device);
    Staging staging(device);
    const Ticket there = staging.upload(std::as_bytes(std::span(pairs)), input);
    Commands commands(device, device.compute());
    commands.begin();
    commands.dispatch(kernel, std::array<Slice, 2>{input, output}, {}, std::uint32_t(pairs.size() / 64 + 1));
    const Ticket done = commands.submit({&there, 1});
    std::vector<Results> results(pairs.size());
    staging.download(output, 0, std::as_writable_bytes(std::span(results)), done);
    return results;
}

}  // namespace

class TestNumbersOnDevices : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aBadDriversNumbersAreMended()
    {
        const auto device = openForTest();
        if (!device)
            QSKIP("no Vulkan device");
        std::mt19937 random(23);
        std::vector<Pair> pairs(200'000);
        for (Pair& pair : pairs)
            pair = {randomFloat(random), randomFloat(random)};
        pairs[0] = {0.0f, -3.0f};
        pairs[1] = {-0.0f, -3.0f};
        pairs[2] = {65519.9f, 1.0f};
        const std::vector<Results> results = computedBy(*device, pairs);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            const auto [a, b] = pairs[i];
            const std::uint16_t half = quant::floatToHalf(a);
            const Results expected{std::bit_cast<std::uint32_t>(a / b), std::bit_cast<std::uint32_t>(std::sqrt(std::abs(a))), half,
                                   std::bit_cast<std::uint32_t>(quant::halfToFloat(half))};
            QVERIFY2(std::memcmp(&expected, &results[i], sizeof expected) == 0,
                     qPrintable(QStringLiteral("%1 and %2").arg(double(a), 0, 'g', 9).arg(double(b), 0, 'g', 9)));
        }
        QCOMPARE(device->instance().validationMessages(), 0);
    }
};

QTEST_GUILESS_MAIN(TestNumbersOnDevices)
#include "tst_numbers_on_devices.moc"
