// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/sensitivity_store.h"

#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/sense/carry.h"

#include <QDir>
#include <QFile>
#include <QSaveFile>
#include <QStandardPaths>

namespace halftone::app {

SensitivityStore::SensitivityStore() : m_folder(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/sensitivity"))
{
    if (const auto sample = Workspace::samplePath(); !sample.empty())
        m_bundled = QString::fromStdString(toUtf8(sample.parent_path()));
}

bool SensitivityStore::empty() const
{
    return QDir(m_folder).isEmpty();
}

QString SensitivityStore::fileOf(const sense::Source& source) const
{
    const std::string_view level = sense::levelName(source.level);
    const std::string importance = source.importance.empty() ? std::string() : '-' + source.importance;
    return QStringLiteral("%1%2-%3.json").arg(QString::fromStdString(source.model), QString::fromStdString(importance), QString::fromUtf8(level.data(), qsizetype(level.size())));
}

std::optional<sense::Sensitivity> SensitivityStore::read(const QString& name) const
{
    QFile file(m_folder + QLatin1Char('/') + name);
    if (!file.open(QIODevice::ReadOnly)) {
        file.setFileName(m_bundled + QLatin1Char('/') + name);
        if (m_bundled.isEmpty() || !file.open(QIODevice::ReadOnly))
            return std::nullopt;
    }
    try {
        return sense::sensitivityFromJson(file.readAll().toStdString());
    } catch (const Error&) {
        return std::nullopt;
    }
}

sense::Sensitivity SensitivityStore::begun(const sense::Source& source) const
{
    auto known = read(fileOf(source));
    if (!known || known->source != source)
        return {.source = source, .tensors = {}, .fit = {}};
    known->complete = false;
    return std::move(*known);
}

std::optional<sense::Sensitivity> SensitivityStore::best(const model::Model& model, const std::string& modelHash, const std::string& importanceHash) const
{
    const auto known = [&](sense::Level level) {
        auto figures = read(fileOf({.level = level, .model = modelHash, .text = {}, .importance = importanceHash}));
        return figures && figures->source.model == modelHash ? figures : std::nullopt;
    };
    auto output = known(sense::Level::Output);
    if (output && output->complete)
        return output;
    if (auto activations = known(sense::Level::Activations); activations && activations->complete)
        return activations;
    auto weights = known(sense::Level::Weights);
    if (!weights || !weights->complete)
        return std::nullopt;
    return output && !output->tensors.empty() ? sense::carried(std::move(*output), *weights, model) : std::move(weights);
}

void SensitivityStore::keep(const sense::Sensitivity& figures) const
{
    QDir().mkpath(m_folder);
    QSaveFile file(m_folder + QLatin1Char('/') + fileOf(figures.source));
    if (!file.open(QIODevice::WriteOnly))
        return;   // measured again another time
    file.write(QByteArray::fromStdString(sense::toJson(figures)));
    file.commit();
}

SensitivityStore::Keeper::~Keeper()
{
    if (!m_figures.tensors.empty())
        m_store.keep(m_figures);
}

void SensitivityStore::Keeper::soon()
{
    constexpr auto kPause = std::chrono::seconds(5);
    if (Clock::now() - m_last < kPause)
        return;
    m_store.keep(m_figures);
    m_last = Clock::now();
}

std::string readText(const std::filesystem::path& path)
{
    const InputFile file(path);
    std::string text(std::size_t(file.size()), '\0');
    file.readAt(0, std::as_writable_bytes(std::span(text)));
    return text;
}

}  // namespace halftone::app
