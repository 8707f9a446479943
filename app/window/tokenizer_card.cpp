// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tokenizer_card.h"

#include "app/jobs/job_manager.h"
#include "app/widgets/format_text.h"
#include "app/widgets/texts.h"
#include "app/window/fact_table.h"
#include "core/chat/prompt.h"
#include "core/model/model.h"
#include "core/token/tokenizer.h"
#include "core/token/vocabulary.h"

#include <QVBoxLayout>

#include <algorithm>

namespace halftone::app {
namespace {

const QString kFactsTag = QStringLiteral("tokenizer facts");
const QString kCheckTag = QStringLiteral("tokenizer check");

using Aspect = format::TokenizerDifference::Aspect;

QString sourceText(format::TokenizerSource source)
{
    return source == format::TokenizerSource::Metadata ? TokenizerCard::tr("the GGUF file")
                                                       : QString::fromUtf8(format::name(source).data());
}

QString quoted(const std::string& text)
{
    constexpr qsizetype kMost = 60;
    const QString whole = QString::fromStdString(text);
    return text.empty() ? TokenizerCard::tr("nothing")
                        : QStringLiteral("“%1”").arg(whole.size() > kMost ? whole.left(kMost) + QStringLiteral("…") : whole);
}

QString aspectText(Aspect aspect)
{
    switch (aspect) {
    case Aspect::Kind: return TokenizerCard::tr("another kind");
    case Aspect::Splitting: return TokenizerCard::tr("text is cut into words by another rule");
    case Aspect::Tokens: return TokenizerCard::tr("other tokens");
    case Aspect::Types: return TokenizerCard::tr("tokens of another type");
    case Aspect::Merges: return TokenizerCard::tr("other merges");
    case Aspect::Scores: return TokenizerCard::tr("other scores");
    case Aspect::Begin: return TokenizerCard::tr("texts begin otherwise");
    case Aspect::End: return TokenizerCard::tr("texts end otherwise");
    case Aspect::Encoding: return TokenizerCard::tr("texts become other tokens");
    }
    return {};
}

std::string spelling(const token::Tokenizer& tokenizer, std::optional<token::Id> id)
{
    return id && *id >= 0 && std::size_t(*id) < tokenizer.size() ? std::string(tokenizer.spelling(*id)) : std::string();
}

std::size_t specialTokens(const model::Metadata& metadata)
{
    const auto* types = metadata.array<std::int32_t>("tokenizer.ggml.token_type");
    return types ? std::size_t(std::ranges::count(*types, std::int32_t(token::TokenType::Control))) : 0;
}

QString fileName(const format::TokenizerCheck& check)
{
    return QString::fromStdU16String(check.file.filename().u16string());
}

}  // namespace

QString differenceText(const format::TokenizerDifference& difference)
{
    const QString what = aspectText(difference.aspect);
    const bool counted = difference.count > 1;
    return (counted ? TokenizerCard::tr("%1 (%2): %3 here, %4 there") : TokenizerCard::tr("%1: %3 here, %4 there"))
        .replace(QStringLiteral("%2"), countText(difference.count))
        .replace(QStringLiteral("%1"), what)
        .replace(QStringLiteral("%3"), quoted(difference.ours))
        .replace(QStringLiteral("%4"), quoted(difference.theirs));
}

TokenizerCard::TokenizerCard(JobManager& jobs, QWidget* parent)
    : QWidget(parent),
      m_jobs(jobs),
      m_table(new FactTable(this)),
      m_badge(badgeLabel({}, this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(strongLabel(tr("Tokenizer"), this));
    layout->addWidget(m_table);
    layout->addWidget(m_badge);
    m_table->setObjectName(QStringLiteral("tokenizer"));
    m_badge->setWordWrap(true);
    m_badge->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    hide();
}

void TokenizerCard::setModel(const std::shared_ptr<const model::Model>& model)
{
    if (model == m_model)
        return;
    m_jobs.cancelTag(kFactsTag);
    m_jobs.cancelTag(kCheckTag);
    m_model = model;
    m_facts = {};
    m_agreement.clear();
    m_table->setFacts({});
    m_badge->setText({});
    m_badge->hide();
    if (m_model)
        readFacts();
}

TokenizerCard::Facts TokenizerCard::factsOf(const model::Model& model)
{
    const auto tokenizer = token::Tokenizer::fromMetadata(model.metadata());
    return {.source = format::tokenizerSource(model),
            .kind = std::string(tokenizer->kind()),
            .splitting = std::string(tokenizer->preTokenizer()),
            .begin = spelling(*tokenizer, tokenizer->bos()),
            .end = spelling(*tokenizer, tokenizer->eos()),
            .size = tokenizer->size(),
            .special = specialTokens(model.metadata()),
            .addsBegin = tokenizer->addsBos(),
            .certain = tokenizer->certain(),
            .chat = chat::hasChatTemplate(model.metadata())};
}

void TokenizerCard::readFacts()
{
    m_jobs.start(
        {.title = tr("Tokenizer"), .tag = kFactsTag, .shown = false}, this, [model = m_model](Progress&) { return factsOf(*model); },
        [this](const Facts& facts) {
            m_facts = facts;
            if (!facts.certain)
                warn(tr("How this model splits text is not known for sure."));
            showFacts();
            check();
        },
        [this](const Error& error) { warn(errorText(error)); });
}

void TokenizerCard::check()
{
    if (m_facts.source != format::TokenizerSource::Metadata)
        return;  // read from the model's own files: there is nothing to compare
    m_jobs.start(
        {.title = tr("Tokenizer check"), .tag = kCheckTag, .shown = false}, this,
        [model = m_model](Progress&) { return format::checkTokenizer(*model); },
        [this](const std::optional<format::TokenizerCheck>& check) {
            m_agreement = !check        ? tr("no tokenizer.json beside the file")
                : !check->agrees()      ? tr("differs from %1").arg(fileName(*check))
                : check->splittingKnown ? tr("agrees with %1").arg(fileName(*check))
                                        : tr("agrees with %1, except for its rule to cut words, which is not known").arg(fileName(*check));
            QStringList sentences;
            for (std::size_t i = 0; check && i < check->differences.size(); ++i)
                sentences << differenceText(check->differences[i]);
            if (!sentences.isEmpty())
                warn(tr("The Hugging Face files beside the model say otherwise:") + QLatin1Char('\n') + sentences.join(QLatin1Char('\n')));
            showFacts();
        },
        [this](const Error& error) { warn(errorText(error)); });
}

void TokenizerCard::showFacts()
{
    const QString begin = QString::fromStdString(m_facts.begin);
    QList<FactTable::Fact> facts{
        {tr("read from"), sourceText(m_facts.source)},
        {tr("kind"), QString::fromStdString(m_facts.kind)},
        {tr("splits like"), QString::fromStdString(m_facts.splitting)},
        {tr("vocabulary"), countText(m_facts.size)},
        {tr("special tokens"), countText(m_facts.special)},
        {tr("begins with"), begin, {}, m_facts.addsBegin ? tr("put before every text") : tr("known, but not put before a text by itself")},
        {tr("ends with"), QString::fromStdString(m_facts.end)},
        {tr("chat template"), m_facts.chat ? tr("yes") : tr("none")},
        {tr("own files"),
         m_agreement,
         {},
         tr("whether vocabulary, merges, special tokens and encoded sample texts are those of the model's Hugging Face files")},
    };
    facts.removeIf([](const FactTable::Fact& fact) { return fact.value.isEmpty(); });
    m_table->setFacts(facts);
}

void TokenizerCard::warn(const QString& sentences)
{
    m_badge->setText(m_badge->text().isEmpty() ? sentences : m_badge->text() + QLatin1Char('\n') + sentences);
    m_badge->show();
}

}  // namespace halftone::app
