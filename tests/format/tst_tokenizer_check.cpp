// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/format/open.h"
#include "core/format/tokenizer_check.h"
#include "core/model/model.h"
#include "tests/format/hf_folder.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

using namespace halftone;
using nlohmann::json;
using Aspect = format::TokenizerDifference::Aspect;

class TestTokenizerCheck : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<HfFolder> m_folder;
    std::shared_ptr<const model::Model> m_model;  ///< as from a GGUF file in the folder

    void put(const std::function<void(json&)>& change) const
    {
        json tokenizer = HfFolder::tokenizer();
        change(tokenizer);
        m_folder->put("tokenizer.json", tokenizer);
    }
    std::shared_ptr<const model::Model> asGguf(const std::function<void(model::Metadata&)>& change) const
    {
        model::Model::Parts parts{.files = m_model->files(), .metadata = m_model->metadata(), .tensors = m_model->tensors()};
        change(parts.metadata);
        return std::make_shared<model::Model>(std::move(parts));
    }
    /// What the check finds, by aspect.
    std::vector<Aspect> aspects(const model::Model& model) const
    {
        std::vector<Aspect> aspects;
        const auto check = format::checkTokenizer(model);
        for (const auto& difference : check.value().differences)
            aspects.push_back(difference.aspect);
        return aspects;
    }
    format::TokenizerDifference difference(Aspect aspect) const
    {
        const auto differences = format::checkTokenizer(*m_model).value().differences;
        const auto found = std::ranges::find(differences, aspect, &format::TokenizerDifference::aspect);
        return found == differences.end() ? format::TokenizerDifference{aspect, 0, {}, {}} : *found;
    }

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_folder = std::make_unique<HfFolder>(fromUtf8(m_dir->path().toStdString()));
        m_folder->putLlama();
        m_model = format::openModel(m_folder->path());
        m_model = asGguf([](model::Metadata&) {});
    }

    void theSameTokenizerAgrees()
    {
        const auto check = format::checkTokenizer(*m_model);
        QVERIFY(check && check->agrees() && check->splittingKnown);
        QVERIFY(check->texts > 10);
        QVERIFY(check->file.filename() == "tokenizer.json");
        std::filesystem::remove(m_folder->path() / "config.json");
        QVERIFY(format::checkTokenizer(*m_model)->agrees());
    }

    void sourcesAreTold()
    {
        QVERIFY(format::tokenizerSource(*m_model) == format::TokenizerSource::Metadata);
        const auto folder = format::openModel(m_folder->path());
        QVERIFY(format::tokenizerSource(*folder) == format::TokenizerSource::TokenizerJson);
        QVERIFY(!format::checkTokenizer(*folder));
        const auto without = asGguf([](model::Metadata& metadata) { metadata.erase("tokenizer.ggml.model"); });
        QVERIFY(format::tokenizerSource(*without) == format::TokenizerSource::None);
    }

    void withoutFilesThereIsNothingToCompare()
    {
        std::filesystem::remove(m_folder->path() / "tokenizer.json");
        QVERIFY(!format::checkTokenizer(*m_model));
    }

    void otherSpellingsAreCounted()
    {
        put([](json& tokenizer) { tokenizer["model"]["vocab"] = {{"b", 0}, {"a", 1}, {"c", 2}, {"ab", 3}, {"abc", 4}}; });
        const auto found = difference(Aspect::Tokens);
        QCOMPARE(found.count, std::size_t(2));
        QCOMPARE(found.ours, std::string("a"));
        QCOMPARE(found.theirs, std::string("b"));
        QVERIFY(difference(Aspect::Encoding).count > 0);
    }

    void otherMergesAreCounted()
    {
        put([](json& tokenizer) { tokenizer["model"]["merges"] = {"a b"}; });
        const auto found = difference(Aspect::Merges);
        QCOMPARE(found.count, std::size_t(1));
        QCOMPARE(found.ours, std::string("ab c"));
        QCOMPARE(found.theirs, std::string());
    }

    void anotherTypeIsADifference()
    {
        put([](json& tokenizer) { tokenizer["added_tokens"][0] = {{"id", 5}, {"content", "<|end|>"}, {"special", true}}; });
        QVERIFY(format::checkTokenizer(*m_model)->agrees());
        const auto plain = asGguf([](model::Metadata& metadata) {
            metadata.set("tokenizer.ggml.token_type", model::Array(std::vector<std::int32_t>{1, 1, 1, 1, 1, 4}));
        });
        QVERIFY(aspects(*plain) == std::vector{Aspect::Types});
    }

    void tokensThatOnlyFillUpAreNone()
    {
        json config = HfFolder::llamaConfig();
        config["vocab_size"] = 64;
        m_folder->put("config.json", config);
        QVERIFY(format::checkTokenizer(*m_model)->agrees());
    }

    void anotherRuleOfSplittingIsADifference()
    {
        const auto named = [this](const char* name) {
            return asGguf([name](model::Metadata& metadata) { metadata.set("tokenizer.ggml.pre", name); });
        };
        QVERIFY(format::checkTokenizer(*named("mpt"))->agrees());  // another name of the same rule
        const auto found = aspects(*named("qwen2"));
        QVERIFY(std::ranges::find(found, Aspect::Splitting) != found.end());
        put([](json& tokenizer) {
            tokenizer["pre_tokenizer"] = {{"type", "Split"}, {"pattern", {{"Regex", "odd+"}}}, {"behavior", "Isolated"}};
        });
        QVERIFY(!format::checkTokenizer(*m_model)->splittingKnown);
    }

    void theEndsAreCompared()
    {
        m_folder->put("tokenizer_config.json", json{{"eos_token", "<|end|>"}});
        QVERIFY(aspects(*m_model) == std::vector{Aspect::End});
        QVERIFY(aspects(*asGguf([](model::Metadata& metadata) {
                    metadata.set("tokenizer.ggml.eos_token_id", std::uint32_t(5));
                    metadata.set("tokenizer.ggml.bos_token_id", std::uint32_t(5));
                    metadata.set("tokenizer.ggml.add_bos_token", model::Bool{true});
                }))
                == std::vector{Aspect::Begin});
    }

    void brokenFilesAreNamed()
    {
        m_folder->put("tokenizer.json", std::string("{"));
        try {
            format::checkTokenizer(*m_model);
            QFAIL("a broken file was compared");
        } catch (const Error& error) {
            QVERIFY(error.file().find("tokenizer.json") != std::string::npos);
        }
    }
};

QTEST_GUILESS_MAIN(TestTokenizerCheck)
#include "tst_tokenizer_check.moc"
