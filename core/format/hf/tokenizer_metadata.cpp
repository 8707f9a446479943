// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/tokenizer_metadata.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/format/hf/pre_tokenizer_name.h"
#include "core/format/hf/special_tokens.h"
#include "core/format/hf/text_file.h"
#include "core/format/hf/vocabulary.h"

#include <algorithm>
#include <optional>

namespace halftone::format::hf {

namespace fs = std::filesystem;

namespace {

using nlohmann::json;

constexpr std::size_t kLargestModel = std::size_t(64) << 20, kLargestTemplate = std::size_t(4) << 20;

class TokenizerReader {
public:
    TokenizerReader(const fs::path& folder, const Config& config, const Architecture* architecture, model::Metadata& metadata,
                    std::vector<fs::path>& read, std::vector<model::Warning>& warnings)
        : m_folder(folder),
          m_config(config),
          m_architecture(architecture),
          m_metadata(metadata),
          m_read(read),
          m_warnings(warnings)
    {
    }

    void run()
    {
        m_files.tokenizerConfig = json::object();
        for (const char* name : {"special_tokens_map.json", "tokenizer_config.json"}) {
            if (const json part = jsonFile(name); part.is_object())
                m_files.tokenizerConfig.update(part);
        }
        if (const auto path = present("tokenizer.json")) {
            m_tokenizer = readTokenizerJson(*path);
            m_files.tokenizer = &*m_tokenizer;
        }
        if (const auto path = present("tokenizer.model"))
            readSentencePieceFile(*path);
        else if (m_tokenizer)
            readTokenizer();
        else
            m_warnings.push_back({.kind = model::Warning::Kind::TokenizerMissing});
    }

private:
    /// The path of a file that is there; it counts as read.
    std::optional<fs::path> present(const char* name)
    {
        const fs::path path = m_folder / name;
        std::error_code ignored;
        if (!fs::is_regular_file(path, ignored))
            return std::nullopt;
        m_read.push_back(path);
        return path;
    }

    json jsonFile(const char* name)
    {
        const auto path = present(name);
        return path ? readJsonFile(*path) : json();
    }

    void readSentencePieceFile(const fs::path& path)
    {
        const std::string bytes = readTextFile(path, kLargestModel);
        SentencePieceModel model;
        try {
            model = readSentencePiece(std::as_bytes(std::span(bytes)));
        } catch (const Error& error) {
            throw error.inFile(toUtf8(path));
        }
        if (model.unigram)
            m_warnings.push_back({.kind = model::Warning::Kind::UnigramAsPairs});
        std::vector<AddedToken> plain;
        if (const json added = jsonFile("added_tokens.json"); added.is_object()) {
            for (const auto& [content, id] : added.items()) {
                if (id.is_number_unsigned() && id.get<std::uint64_t>() < kMostTokens)
                    plain.push_back({id.get<std::uint32_t>(), content, false});
            }
        }
        writeSentencePiece(sentencePieceTokens(model, plain, declaredTokens(), sizeOr(model.pieces.size())), model.addDummyPrefix);
    }

    std::vector<AddedToken> declaredTokens() const
    {
        try {
            return addedTokensDecoder(m_files.tokenizerConfig.value("added_tokens_decoder", json()));
        } catch (const Error& error) {
            throw aboutJsonFile(error, m_folder / "tokenizer_config.json");
        }
    }

    void readTokenizer()
    {
        const std::string type = m_tokenizer->modelType();
        const std::uint32_t size = sizeOr(tokensOf(*m_tokenizer));
        if (type == "Unigram" || (type == "BPE" && m_tokenizer->modelFlag("byte_fallback")))
            writeSentencePiece(sentencePieceTokens(*m_tokenizer, size), declaresPrefix());
        else if (type == "BPE")
            writeByteLevel(byteLevelTokens(*m_tokenizer, size));
        else
            m_warnings.push_back({.kind = model::Warning::Kind::TokenizerKindUnknown, .subject = type});
    }

    /// Ids up to the highest.
    static std::size_t tokensOf(const TokenizerJson& tokenizer)
    {
        std::uint32_t tokens = 0;
        for (const TokenizerJson::Piece& piece : tokenizer.vocabulary)
            tokens = std::max(tokens, piece.id + 1);
        for (const AddedToken& token : tokenizer.added)
            tokens = std::max(tokens, token.id + 1);
        return tokens;
    }

    std::uint32_t sizeOr(std::size_t tokens) const
    {
        const std::uint32_t size = m_config.integer({"vocab_size"}).value_or(std::uint32_t(tokens));
        if (size > kMostTokens)
            throw Error(ErrorCode::Unsupported,
                        {.problem = "a vocabulary of " + std::to_string(size) + " tokens is larger than any model's",
                         .file = toUtf8(m_folder / "config.json"),
                         .place = "key vocab_size",
                         .advice = "download the file again"});
        return size;
    }

    /// SentencePiece puts a space before the text unless the file says otherwise.
    bool declaresPrefix() const
    {
        const json& rest = m_tokenizer->rest;
        const std::string normalizer = rest.value("normalizer", json()).dump(), splitter = rest.value("pre_tokenizer", json()).dump();
        const bool metaspace = splitter.find("Metaspace") != std::string::npos;
        if (metaspace)
            return splitter.find("\"prepend_scheme\":\"never\"") == std::string::npos
                && splitter.find("\"add_prefix_space\":false") == std::string::npos;
        return normalizer.find("\"Prepend\"") != std::string::npos;
    }

    void writeSentencePiece(TokenList list, bool prefix)
    {
        writePrefix(prefix);
        m_metadata.set("tokenizer.ggml.model", "llama");
        m_metadata.set("tokenizer.ggml.pre", "default");
        writeList(std::move(list));
    }

    /// The default of engines is a space before the text.
    void writePrefix(bool prefix)
    {
        const auto declared = m_files.tokenizerConfig.find("add_prefix_space");
        if (m_architecture && !m_architecture->spacePrefix)
            m_metadata.set("tokenizer.ggml.add_space_prefix", model::Bool{false});
        else if (declared != m_files.tokenizerConfig.end() && declared->is_boolean())
            m_metadata.set("tokenizer.ggml.add_space_prefix", model::Bool{declared->get<bool>()});
        else if (!prefix)
            m_metadata.set("tokenizer.ggml.add_space_prefix", model::Bool{false});
    }

    void writeByteLevel(TokenList list)
    {
        const PreTokenizerName pre = preTokenizerName(*m_tokenizer, m_config.text({"model_type"}).value_or(""));
        if (!pre.certain)
            m_warnings.push_back({.kind = model::Warning::Kind::PreTokenizerUnknown});
        m_metadata.set("tokenizer.ggml.model", "gpt2");
        m_metadata.set("tokenizer.ggml.pre", pre.name);
        writeList(std::move(list));
    }

    void writeList(TokenList list)
    {
        if (list.ignored > 0)
            m_warnings.push_back({.kind = model::Warning::Kind::TokensLeftOut, .count = list.ignored});
        const std::size_t size = list.tokens.size();
        const bool scored = !list.scores.empty();
        m_metadata.set("tokenizer.ggml.tokens", model::Array(std::move(list.tokens)));
        if (scored)
            m_metadata.set("tokenizer.ggml.scores", model::Array(std::move(list.scores)));
        m_metadata.set("tokenizer.ggml.token_type", model::Array(std::move(list.types)));
        if (!scored)
            m_metadata.set("tokenizer.ggml.merges", model::Array(m_tokenizer->merges));
        readTemplates();
        addSpecialTokens(m_files, m_config, size, m_metadata);
        // Granite's and SmolLM's vocabularies: their class asks for no BOS, whatever the files say (as in the converter).
        if (m_architecture && m_architecture->name == "llama" && m_config.integer({"vocab_size"}) == 49'152u)
            m_metadata.set("tokenizer.ggml.add_bos_token", model::Bool{false});
    }

    /// tokenizer_config.json's own template goes before the file's.
    void readTemplates()
    {
        const auto declared = m_files.tokenizerConfig.find("chat_template");
        if (declared != m_files.tokenizerConfig.end() && declared->is_string()) {
            m_files.templates.emplace_back("default", declared->get<std::string>());
        } else if (declared != m_files.tokenizerConfig.end() && declared->is_array()) {
            for (const json& one : *declared) {
                if (one.is_object() && one.value("name", json()).is_string() && one.value("template", json()).is_string())
                    m_files.templates.emplace_back(one["name"].get<std::string>(), one["template"].get<std::string>());
            }
        } else if (const auto path = present("chat_template.jinja")) {
            m_files.templates.emplace_back("default", readTextFile(*path, kLargestTemplate));
        }
    }

    const fs::path& m_folder;
    const Config& m_config;
    const Architecture* m_architecture;
    model::Metadata& m_metadata;
    std::vector<fs::path>& m_read;
    std::vector<model::Warning>& m_warnings;
    TokenizerFiles m_files;
    std::optional<TokenizerJson> m_tokenizer;
};

}  // namespace

void addTokenizerMetadata(const fs::path& folder, const Config& config, const Architecture* architecture, model::Metadata& metadata,
                          std::vector<fs::path>& read, std::vector<model::Warning>& warnings)
{
    TokenizerReader(folder, config, architecture, metadata, read, warnings).run();
}

}  // namespace halftone::format::hf
