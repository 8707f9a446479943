// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/context.h"
#include "core/infer/generate.h"
#include "core/infer/variant.h"
#include "tests/infer/made_model.h"

#include <QtTest>

using namespace halftone;
using namespace halftone::infer;

namespace {

/// Every token is a letter; `end` ends the text.
class Letters : public token::Tokenizer {
public:
    explicit Letters(token::Id end)
        : m_end(end)
    {
    }
    std::vector<token::Id> encode(std::string_view, token::EncodeOptions) const override { return {}; }
    std::string bytes(token::Id id) const override { return std::string(1, char('A' + id % 26)); }
    std::string_view spelling(token::Id) const override { return {}; }
    std::size_t size() const override { return 61; }
    std::optional<token::Id> bos() const override { return {}; }
    std::optional<token::Id> eos() const override { return m_end; }
    bool addsBos() const override { return false; }
    bool endsGeneration(token::Id id) const override { return id == m_end; }
    std::string_view kind() const override { return "letters"; }
    std::string_view preTokenizer() const override { return {}; }
    bool certain() const override { return true; }

private:
    token::Id m_end;
};

}  // namespace

class TestGenerate : public QObject {
    Q_OBJECT

    Executor m_executor{2};
    Progress m_progress;
    test::MadeModel m_made = test::ModelMaker::make({});
    std::shared_ptr<const Variant> m_variant;
    const std::vector<token::Id> m_prompt{1, 2, 3, 4, 5};

    Generation run(const GenerateOptions& options, token::Id end = -1, std::size_t capacity = 0)
    {
        Context context(m_variant, capacity, m_executor);
        return generate(context, Letters(end), m_prompt, options, {}, m_progress);
    }
    static std::vector<token::Id> ids(const Generation& generation)
    {
        std::vector<token::Id> result;
        for (const auto& token : generation.tokens)
            result.push_back(token.id);
        return result;
    }

private Q_SLOTS:
    void initTestCase() { m_variant = Variant::original(m_made.model(), m_executor, m_progress); }

    void greedyTextIsTheArgMaxOfEachStep()
    {
        const auto generation = run({.maxTokens = 12});
        QCOMPARE(generation.tokens.size(), std::size_t(12));
        QVERIFY(!generation.ended);
        QVERIFY(generation.tokensPerSecond > 0 && generation.promptTokensPerSecond > 0);
        std::vector<token::Id> text = m_prompt;
        std::string letters;
        for (const auto& token : generation.tokens) {
            Context context(m_variant, 0, m_executor);
            const auto logits = context.evaluate(text, 1, m_progress);
            const auto best = mostProbable(logits, 1)[0];
            QCOMPARE(token.id, best.id);
            QVERIFY(std::abs(token.probability - best.probability) < 1e-4f);
            text.push_back(token.id);
            letters += char('A' + token.id % 26);
        }
        QCOMPARE(generation.text, letters);
    }

    void theCallbackSeesEveryTokenAndMayStop()
    {
        Context context(m_variant, 0, m_executor);
        std::string streamed;
        int calls = 0;
        const auto generation = generate(context, Letters(-1), m_prompt, {.maxTokens = 50, .alternatives = 3},
                                         [&](const GeneratedToken& token, const std::string& text) {
                                             streamed += text;
                                             return token.alternatives.size() == 3 && ++calls < 7;
                                         },
                                         m_progress);
        QCOMPARE(calls, 7);
        QCOMPARE(generation.tokens.size(), std::size_t(7));
        QCOMPARE(generation.text, streamed);
    }

    void anEndTokenEndsTheText()
    {
        const auto free = ids(run({.maxTokens = 20}));
        const token::Id end = free[5];
        const auto generation = run({.maxTokens = 20}, end);
        QVERIFY(generation.ended);
        const auto before = std::find(free.begin(), free.end(), end) - free.begin();
        QCOMPARE(ids(generation), std::vector<token::Id>(free.begin(), free.begin() + before));
    }

    void aFullContextEndsTheText()
    {
        const auto generation = run({.maxTokens = 50}, -1, 10);
        // Five prompt tokens, five more fit, and the last of them predicts one.
        QCOMPARE(generation.tokens.size(), std::size_t(6));
        QVERIFY(!generation.ended);
    }

    void theSameSeedGivesTheSameText()
    {
        GenerateOptions options{.maxTokens = 30};
        options.sampling.temperature = 1;
        options.sampling.seed = 5;
        const auto first = ids(run(options));
        QCOMPARE(ids(run(options)), first);
        options.sampling.seed = 6;
        QVERIFY(ids(run(options)) != first);
    }

    void aCancelInTheCallbackIsSeen()
    {
        Context context(m_variant, 0, m_executor);
        Progress progress;
        int calls = 0;
        try {
            generate(context, Letters(-1), m_prompt, {.maxTokens = 50}, [&](const GeneratedToken&, const std::string&) {
                if (++calls == 3)
                    progress.cancel();
                return true;
            }, progress);
            QFAIL("a cancelled generation went on");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::Cancelled);
        }
        QCOMPARE(calls, 3);
    }

    void anEmptyPromptIsRefused()
    {
        Context context(m_variant, 0, m_executor);
        QVERIFY_THROWS_EXCEPTION(Error, generate(context, Letters(-1), {}, {}, {}, m_progress));
    }
};

QTEST_APPLESS_MAIN(TestGenerate)
#include "tst_generate.moc"
