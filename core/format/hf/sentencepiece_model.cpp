// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/sentencepiece_model.h"

#include "core/base/error.h"
#include "core/format/bounded_reader.h"
#include "core/format/hf/tokenizer_json.h"

#include <cmath>

namespace halftone::format::hf {

namespace {

constexpr const char* kDamaged = "the file is damaged: download it again";

/// One field of a message: its number, and its value by wire type.
struct Field {
    std::uint32_t number = 0;
    std::uint32_t wire = 0;
    std::uint64_t integer = 0;  ///< wire type 0
    float real = 0;  ///< wire type 5
    std::span<const std::byte> bytes;  ///< wire type 2

    std::string text() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
};

/// Takes a message apart field by field (https://protobuf.dev/programming-guides/encoding).
class Message {
public:
    Message(std::span<const std::byte> bytes, const char* name) : m_reader(bytes, 0) { m_reader.setContext(name); }

    bool next(Field& field)
    {
        if (m_reader.remaining() == 0)
            return false;
        const std::uint64_t at = m_reader.offset();
        const std::uint64_t tag = varint();
        field = Field();
        field.number = std::uint32_t(tag >> 3);
        field.wire = std::uint32_t(tag & 7);
        if (tag >> 3 == 0 || tag >> 3 > kLargestField)
            fail("a field's number is " + std::to_string(tag >> 3), at);
        switch (field.wire) {
        case 0: field.integer = varint(); break;
        case 1: m_reader.take(8, "a number"); break;
        case 2: field.bytes = m_reader.take(varint(), "a field"); break;
        case 5: field.real = m_reader.number<float>("a number"); break;
        default: fail("the wire type " + std::to_string(field.wire) + " is not used", at);
        }
        return true;
    }

    [[noreturn]] void fail(std::string problem, std::uint64_t at) const
    {
        m_reader.fail(ErrorCode::Malformed, std::move(problem), at, kDamaged);
    }
    std::uint64_t offset() const { return m_reader.offset(); }

private:
    static constexpr std::uint64_t kLargestField = (1u << 29) - 1;

    std::uint64_t varint()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const auto byte = m_reader.number<std::uint8_t>("a varint");
            value |= std::uint64_t(byte & 0x7F) << shift;
            if (byte < 0x80)
                return value;
        }
        fail("a varint has more than ten bytes", m_reader.offset());
    }

    BoundedReader m_reader;
};

SentencePieceModel::Piece readPiece(std::span<const std::byte> bytes)
{
    Message message(bytes, "a piece");
    SentencePieceModel::Piece piece;
    for (Field field; message.next(field);) {
        if (field.number == 1 && field.wire == 2)
            piece.text = field.text();
        if (field.number == 2 && field.wire == 5)
            piece.score = field.real;
        if (field.number != 3 || field.wire != 0)
            continue;
        if (field.integer < 1 || field.integer > 6)
            message.fail("the piece's kind " + std::to_string(field.integer) + " does not exist", message.offset());
        piece.kind = SentencePieceModel::Kind(field.integer);
    }
    if (std::isnan(piece.score))
        message.fail("the piece's score is not a number", 0);
    return piece;
}

/// The integer field `number` of a message, or `otherwise`.
std::uint64_t integerField(std::span<const std::byte> bytes, const char* name, std::uint32_t number, std::uint64_t otherwise)
{
    Message message(bytes, name);
    for (Field field; message.next(field);) {
        if (field.number == number && field.wire == 0)
            otherwise = field.integer;
    }
    return otherwise;
}

}  // namespace

SentencePieceModel readSentencePiece(std::span<const std::byte> bytes)
{
    constexpr std::uint32_t kPieces = 1, kTrainer = 2, kNormalizer = 3;
    constexpr std::uint32_t kModelType = 3, kDummyPrefix = 3;
    Message message(bytes, "the model");
    SentencePieceModel model;
    for (Field field; message.next(field);) {
        if (field.wire != 2)
            continue;
        if (field.number == kPieces && model.pieces.size() == kMostTokens)
            message.fail("the vocabulary has more than " + std::to_string(kMostTokens) + " pieces", message.offset());
        if (field.number == kPieces)
            model.pieces.push_back(readPiece(field.bytes));
        if (field.number == kTrainer)
            model.unigram = integerField(field.bytes, "trainer_spec", kModelType, 1) == 1;
        if (field.number == kNormalizer)
            model.addDummyPrefix = integerField(field.bytes, "normalizer_spec", kDummyPrefix, 1) != 0;
    }
    if (model.pieces.empty())
        message.fail("there is no piece in the vocabulary", 0);
    return model;
}

}  // namespace halftone::format::hf
