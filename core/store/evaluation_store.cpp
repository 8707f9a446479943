// SPDX-License-Identifier: Apache-2.0
#include "core/store/evaluation_store.h"

#include "core/base/error.h"
#include "core/evaluate/text_windows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <ranges>

namespace halftone::store {

namespace {

constexpr std::int32_t kApplicationId = 0x48744576;  // "HtEv"

/// One script for each version of the schema; never change one that was released.
constexpr std::array kMigrations{
    R"(CREATE TABLE runs(id INTEGER PRIMARY KEY, model TEXT NOT NULL, text TEXT NOT NULL, window INTEGER NOT NULL, windows INTEGER NOT NULL,
           model_name TEXT NOT NULL, text_name TEXT NOT NULL, created INTEGER NOT NULL, UNIQUE(model, text, window, windows));
       CREATE TABLE variants(id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, content TEXT NOT NULL,
           name TEXT NOT NULL, bits INTEGER NOT NULL, bytes INTEGER NOT NULL, bits_per_weight REAL NOT NULL, decode_ms REAL NOT NULL DEFAULT 0,
           UNIQUE(run, content));
       CREATE TABLE windows(variant INTEGER NOT NULL REFERENCES variants(id) ON DELETE CASCADE, number INTEGER NOT NULL, figures BLOB NOT NULL,
           PRIMARY KEY(variant, number)) WITHOUT ROWID;)",
    R"(ALTER TABLE runs ADD COLUMN device TEXT NOT NULL DEFAULT '';)",
};

// The blobs are TokenFigures as they are in the memory of all machines that this program is built for.
static_assert(std::endian::native == std::endian::little);

std::int64_t now()
{
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// The first version's tables allow one run for each text, so that a device's stands beside the text.
std::string textKey(const RunKey& key)
{
    return key.device.empty() ? key.text : key.text + " on " + key.device;
}

/// Empty unless these are whole, sound figures of one window.
std::vector<evaluate::TokenFigures> figuresOf(std::span<const std::byte> blob, std::uint64_t scored)
{
    constexpr std::size_t kBytes = sizeof(evaluate::TokenFigures);
    if (blob.empty() || blob.size() % kBytes != 0 || blob.size() / kBytes != scored)
        return {};
    std::vector<evaluate::TokenFigures> figures(scored);
    std::memcpy(figures.data(), blob.data(), blob.size());
    return std::ranges::all_of(figures, evaluate::isSound) ? figures : std::vector<evaluate::TokenFigures>();
}

}  // namespace

EvaluationStore::EvaluationStore(const std::filesystem::path& file, Damage damage) : m_database(file, kApplicationId, kMigrations, damage)
{
}

RunId EvaluationStore::run(const RunKey& key, const std::string& modelName, const std::string& textName)
{
    const std::string text = textKey(key);
    Statement insert = m_database.prepare(
        "INSERT OR IGNORE INTO runs(model, text, window, windows, model_name, text_name, created, device) VALUES(?,?,?,?,?,?,?,?)");
    insert.bind(key.model).bind(text).bind(std::int64_t(key.window)).bind(std::int64_t(key.windows));
    insert.bind(modelName).bind(textName).bind(now()).bind(key.device).run();
    Statement select = m_database.prepare("SELECT id FROM runs WHERE model=? AND text=? AND window=? AND windows=?");
    select.bind(key.model).bind(text).bind(std::int64_t(key.window)).bind(std::int64_t(key.windows)).step();
    return select.integer(0);
}

VariantId EvaluationStore::variant(RunId run, const std::string& content, const evaluate::EvaluatedVariant& about)
{
    Statement insert =
        m_database.prepare("INSERT OR IGNORE INTO variants(run, content, name, bits, bytes, bits_per_weight) VALUES(?,?,?,?,?,?)");
    insert.bind(run).bind(content).bind(about.name).bind(std::int64_t(about.bits));
    insert.bind(std::int64_t(about.bytes)).bind(about.bitsPerWeight).run();
    Statement select = m_database.prepare("SELECT id FROM variants WHERE run=? AND content=?");
    select.bind(run).bind(content).step();
    return select.integer(0);
}

std::vector<evaluate::TokenFigures> EvaluationStore::tokens(VariantId variant, std::uint64_t scored)
{
    std::vector<evaluate::TokenFigures> tokens;
    Statement select = m_database.prepare("SELECT number, figures FROM windows WHERE variant=? ORDER BY number");
    select.bind(variant);
    for (std::int64_t expected = 0; select.step() && select.integer(0) == expected; ++expected) {
        const auto figures = figuresOf(select.blob(1), scored);
        if (figures.empty())
            break;
        tokens.insert(tokens.end(), figures.begin(), figures.end());
    }
    return tokens;
}

void EvaluationStore::addWindow(VariantId variant, std::uint64_t window, std::span<const evaluate::TokenFigures> figures)
{
    Statement insert = m_database.prepare("INSERT OR REPLACE INTO windows(variant, number, figures) VALUES(?,?,?)");
    insert.bind(variant).bind(std::int64_t(window)).bind(std::as_bytes(figures)).run();
}

double EvaluationStore::decodeMs(VariantId variant)
{
    Statement select = m_database.prepare("SELECT decode_ms FROM variants WHERE id=?");
    return select.bind(variant).step() ? select.real(0) : 0;
}

void EvaluationStore::setDecodeMs(VariantId variant, double milliseconds)
{
    m_database.prepare("UPDATE variants SET decode_ms=? WHERE id=?").bind(milliseconds).bind(variant).run();
}

std::vector<RunSummary> EvaluationStore::history()
{
    Statement select = m_database.prepare(
        "SELECT id, model_name, text_name, created, window, windows, device, (SELECT count(*) FROM variants WHERE run=runs.id),"
        " (SELECT count(*) FROM variants v WHERE run=runs.id AND (SELECT count(*) FROM windows WHERE variant=v.id) < runs.windows)"
        " FROM runs ORDER BY created DESC, id DESC");
    std::vector<RunSummary> runs;
    while (select.step())
        runs.push_back({.id = select.integer(0),
                        .model = select.text(1),
                        .text = select.text(2),
                        .device = select.text(6),
                        .created = select.integer(3),
                        .window = std::uint64_t(select.integer(4)),
                        .windows = std::uint64_t(select.integer(5)),
                        .variants = std::uint64_t(select.integer(7)),
                        .complete = select.integer(8) == 0});
    return runs;
}

evaluate::Evaluation EvaluationStore::evaluation(RunId run)
{
    Statement about = m_database.prepare("SELECT model_name, text_name, window, windows, created, device FROM runs WHERE id=?");
    if (!about.bind(run).step())
        throw Error(ErrorCode::Usage, "the store has no such run");
    evaluate::Evaluation result{about.text(0),    about.text(1), std::uint64_t(about.integer(2)), std::uint64_t(about.integer(3)),
                                about.integer(4), about.text(5)};
    const std::uint64_t scored = evaluate::scoredPredictions(std::max<std::uint64_t>(result.window, 4));
    Statement select = m_database.prepare("SELECT id, name, bits, bytes, bits_per_weight, decode_ms FROM variants WHERE run=? ORDER BY id");
    select.bind(run);
    std::vector<evaluate::TokenFigures> base;
    while (select.step()) {
        const auto own = tokens(select.integer(0), scored);
        if (base.empty())
            base = own;  // the original was made first
        const std::size_t known = std::min(own.size(), base.size());
        if (known == 0)
            continue;
        result.variants.push_back({.name = select.text(1),
                                   .bits = int(select.integer(2)),
                                   .bytes = std::uint64_t(select.integer(3)),
                                   .bitsPerWeight = select.real(4),
                                   .decodeMs = select.real(5),
                                   .windows = known / scored,
                                   .figures = evaluate::summarize(std::span(own).first(known), std::span(base).first(known), scored)});
    }
    return result;
}

void EvaluationStore::remove(RunId run)
{
    m_database.prepare("DELETE FROM runs WHERE id=?").bind(run).run();
}

}  // namespace halftone::store
