// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/model/metadata.h"
#include "core/token/character_map.h"
#include "core/token/tokenizer.h"

#include <QtTest>

#include <limits>

#include <cmath>
#include <cstring>
#include <random>

using namespace halftone;
using model::Array;
using model::Metadata;
using Strings = std::vector<std::string>;
using Ids = std::vector<token::Id>;

namespace {

/// A double array by hand: sequences of bytes and where their replacement begins. Every node lies at a multiple of 256, so that
/// no two share a place.
std::vector<std::uint8_t> charactersMap(const std::vector<std::pair<std::string, std::uint32_t>>& entries, const std::string& replacements)
{
    std::vector<std::uint32_t> units(1, 0);
    std::uint32_t next = 256;
    const auto at = [&](std::size_t index) -> std::uint32_t& {
        if (units.size() <= index)
            units.resize(index + 1);
        return units[index];
    };
    const auto childrenOf = [&](std::size_t node) -> std::uint32_t {  // absolute place of its children
        if ((units[node] >> 10) == 0) {
            units[node] |= (std::uint32_t(node) ^ next) << 10;
            next += 256;
        }
        return std::uint32_t(node) ^ (units[node] >> 10);
    };
    for (const auto& [text, value] : entries) {
        std::size_t node = 0;
        for (const char byte : text) {
            const std::size_t child = childrenOf(node) ^ static_cast<unsigned char>(byte);
            at(child) |= static_cast<unsigned char>(byte);
            node = child;
        }
        const std::uint32_t place = childrenOf(node);
        at(node) |= 1u << 8;
        at(place) = value | 1u << 31;
    }
    const auto trieBytes = std::uint32_t(units.size() * sizeof units[0]);
    std::vector<std::uint8_t> bytes(sizeof trieBytes + trieBytes);
    std::memcpy(bytes.data(), &trieBytes, sizeof trieBytes);
    std::memcpy(bytes.data() + sizeof trieBytes, units.data(), trieBytes);
    bytes.insert(bytes.end(), replacements.begin(), replacements.end());
    return bytes;
}

Metadata unigram()
{
    Metadata metadata;
    metadata.set("tokenizer.ggml.model", std::string("t5"));
    metadata.set("tokenizer.ggml.tokens", Array(Strings{"<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁a", "▁ab", "bab", "ß", "<x>"}));
    metadata.set("tokenizer.ggml.scores", Array(std::vector<float>{0, 0, 0, -2, -3, -3.5f, -4, -3.25f, -7, -4.5f, -5, 0}));
    metadata.set("tokenizer.ggml.token_type", Array(std::vector<std::int32_t>{3, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 4}));
    metadata.set("tokenizer.ggml.add_space_prefix", model::Bool{true});
    return metadata;
}

Ids encoded(const Metadata& metadata, std::string_view text)
{
    return token::Tokenizer::fromMetadata(metadata)->encode(text, {.addSpecial = false});
}

}  // namespace

class TestUnigram : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void takesTheCutWithTheHighestSum()
    {
        // "▁ab": ▁ab alone -7, ▁a+b -6.75, ▁+ab -6, ▁+a+b -8.5.
        QCOMPARE(encoded(unigram(), "ab"), (Ids{3, 6}));
        // "▁abab": ▁a+bab -7.75, ▁+ab+ab -10, ▁ab+ab -11.
        QCOMPARE(encoded(unigram(), "abab"), (Ids{7, 9}));
        // "▁a": ▁a -3.25, ▁+a -5.
        QCOMPARE(encoded(unigram(), "a"), (Ids{7}));
        QCOMPARE(encoded(unigram(), ""), Ids());
    }

    void addsEosByDefault() { QCOMPARE(token::Tokenizer::fromMetadata(unigram())->encode("a"), (Ids{7, 1})); }

    void neighbouringUnknownsAreOne()
    {
        QCOMPARE(encoded(unigram(), "xyza"), (Ids{3, 2, 4}));
        QCOMPARE(encoded(unigram(), "xax"), (Ids{3, 2, 4, 2}));
        QCOMPARE(encoded(unigram(), "\xFF"), (Ids{3, 2}));
    }

    void spacesAreKeptOrMerged()
    {
        Metadata metadata = unigram();
        QCOMPARE(encoded(metadata, "a  a"), (Ids{7, 3, 7}));
        metadata.set("tokenizer.ggml.remove_extra_whitespaces", model::Bool{true});
        QCOMPARE(encoded(metadata, "  a   a "), (Ids{7, 7}));
        metadata.set("tokenizer.ggml.add_space_prefix", model::Bool{false});
        metadata.set("tokenizer.ggml.remove_extra_whitespaces", model::Bool{false});
        QCOMPARE(encoded(metadata, "a a"), (Ids{4, 7}));
    }

    void userDefinedTokensAreTakenWhole() { QCOMPARE(encoded(unigram(), "a<x>b"), (Ids{7, 11, 3, 5})); }

    void aTextComesBack()
    {
        const auto tokenizer = token::Tokenizer::fromMetadata(unigram());
        std::string text;
        for (const token::Id id : tokenizer->encode("ab aß", {.addSpecial = false}))
            text += tokenizer->bytes(id);
        QCOMPARE(text, std::string(" ab aß"));
    }

    /// All cuts of short texts, one by one.
    void noCutScoresHigher()
    {
        const Metadata metadata = unigram();
        const auto& tokens = *metadata.array<std::string>("tokenizer.ggml.tokens");
        const auto& scores = *metadata.array<float>("tokenizer.ggml.scores");
        const std::function<double(std::string_view)> highest = [&](std::string_view text) -> double {
            if (text.empty())
                return 0;
            double sum = -1e9;
            for (std::size_t id = 3; id < 11; ++id)
                if (text.starts_with(tokens[id]))
                    sum = std::max(sum, double(scores[id]) + highest(text.substr(tokens[id].size())));
            return sum;
        };
        std::mt19937 random(7);
        for (int round = 0; round < 300; ++round) {
            std::string text;
            for (unsigned i = 0; i < 1 + random() % 9; ++i)
                text += "ab"[random() % 2];
            double sum = 0;
            for (const token::Id id : encoded(metadata, text))
                sum += double(scores[std::size_t(id)]);
            QVERIFY2(std::abs(sum - highest("▁" + text)) < 1e-9, text.c_str());
        }
    }

    void charactersAreReplacedFirst()
    {
        const std::string replacements("a\0ss\0", 5);
        Metadata metadata = unigram();
        metadata.set("tokenizer.ggml.precompiled_charsmap", Array(charactersMap({{"A", 0}, {"AB", 2}, {"ﬁ", 0}}, replacements)));
        QCOMPARE(encoded(metadata, "A"), (Ids{7}));
        QCOMPARE(encoded(metadata, "ﬁb"), encoded(metadata, "ab"));
        const token::CharacterMap map(*metadata.array<std::uint8_t>("tokenizer.ggml.precompiled_charsmap"));
        QCOMPARE(map.longestAt("ABC")->consumed, std::size_t(2));
        QCOMPARE(map.longestAt("ABC")->text, std::string_view("ss"));
        QCOMPARE(map.longestAt("AC")->consumed, std::size_t(1));
        QVERIFY(!map.longestAt("b"));
        QVERIFY(!map.longestAt(""));
    }

    void brokenMapsAreRefused()
    {
        const auto whole = charactersMap({{"A", 0}}, std::string("a\0", 2));
        const auto refused = [](std::vector<std::uint8_t> bytes) {
            try {
                token::CharacterMap(bytes).longestAt("A");
            } catch (const Error& error) {
                return error.code() == ErrorCode::Malformed;
            }
            return false;
        };
        QVERIFY(!refused(whole));
        QVERIFY(refused({1, 2, 3}));
        QVERIFY(refused({8, 0, 0, 0, 1, 2, 3, 4}));
        QVERIFY(refused({3, 0, 0, 0, 1, 2, 3, 0}));
        QVERIFY(refused(std::vector<std::uint8_t>(whole.begin(), whole.end() - 1)));
        QVERIFY(refused(charactersMap({{"A", 2}}, std::string("a\0", 2))));
        std::mt19937 random(11);
        for (int round = 0; round < 2000; ++round) {
            auto bytes = whole;
            for (int i = 0; i < 3; ++i)
                bytes[random() % bytes.size()] = std::uint8_t(random());
            refused(bytes);
        }
    }

    void missingPartsAreNamed()
    {
        const auto placeOf = [](const Metadata& metadata) {
            try {
                token::Tokenizer::fromMetadata(metadata);
            } catch (const Error& error) {
                return error.place();
            }
            return std::string();
        };
        Metadata metadata = unigram();
        auto scores = *metadata.array<float>("tokenizer.ggml.scores");
        scores[4] = std::numeric_limits<float>::quiet_NaN();
        metadata.set("tokenizer.ggml.scores", Array(scores));
        QCOMPARE(placeOf(metadata), std::string("tokenizer.ggml.scores"));
        metadata.erase("tokenizer.ggml.scores");
        QCOMPARE(placeOf(metadata), std::string("tokenizer.ggml.scores"));
        metadata = unigram();
        metadata.set("tokenizer.ggml.unknown_token_id", std::int32_t(-1));
        QCOMPARE(placeOf(metadata), std::string("tokenizer.ggml.unknown_token_id"));
        metadata = unigram();
        metadata.set("tokenizer.ggml.precompiled_charsmap", Array(Strings{"x"}));
        QCOMPARE(placeOf(metadata), std::string("tokenizer.ggml.precompiled_charsmap"));
    }
};

QTEST_APPLESS_MAIN(TestUnigram)
#include "tst_unigram.moc"
