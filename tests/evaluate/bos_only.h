// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/token/tokenizer.h"

namespace halftone::test {

/// Knows only whether texts begin with BOS.
class BosOnly : public token::Tokenizer {
public:
    explicit BosOnly(bool adds) : m_adds(adds) {}
    std::vector<token::Id> encode(std::string_view, token::EncodeOptions) const override { return {}; }
    std::string bytes(token::Id) const override { return {}; }
    std::string_view spelling(token::Id) const override { return {}; }
    std::size_t size() const override { return 61; }
    std::optional<token::Id> bos() const override { return 1; }
    std::optional<token::Id> eos() const override { return 2; }
    bool addsBos() const override { return m_adds; }
    bool endsGeneration(token::Id id) const override { return id == 2; }
    std::string_view kind() const override { return "none"; }
    std::string_view preTokenizer() const override { return {}; }
    bool certain() const override { return true; }

private:
    bool m_adds;
};

}  // namespace halftone::test
