// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/output_place.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/model/model.h"
#include "core/plan/recipe.h"
#include "core/write/journal.h"
#include "core/write/resume.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace halftone::app {
namespace {

std::optional<quint64> freeAt(const std::filesystem::path& file)
{
    try {
        return freeSpace(file);
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

OutputPlace lookAt(const OutputQuestion& question)
{
    std::error_code ignored;
    OutputPlace place{.free = freeAt(question.file)};
    place.exists = std::filesystem::exists(question.file, ignored);
    place.isFolder = std::filesystem::is_directory(question.file, ignored);
    place.isSource = std::ranges::any_of(question.model->paths(), [&](const auto& source) { return sameFile(source, question.file); });
    place.hasLeftover = write::findLeftover(question.file).has_value();
    if (place.hasLeftover)
        place.usable = write::reusableBytes(*question.model, question.plan, question.file, {.importance = question.importance.get()});
    return place;
}

QString proposedFile(const std::filesystem::path& source, const plan::Recipe& recipe)
{
    const QFileInfo info(QString::fromStdString(toUtf8(source)));
    QString stem = info.isDir() ? info.fileName() : info.completeBaseName();
    for (const char* suffix : {"-f16", "-F16", "-bf16", "-BF16", "-f32", "-F32", ".f16", ".F16"})
        if (stem.endsWith(QLatin1String(suffix)))
            stem.chop(int(qstrlen(suffix)));
    QString name = QString::fromStdString(recipe.name).simplified();
    name.replace(QLatin1Char(' '), QLatin1Char('-')).replace(QLatin1Char('/'), QLatin1Char('-'));
    return info.dir().filePath(stem + QLatin1Char('-') + (name.isEmpty() ? QStringLiteral("quantized") : name) + QStringLiteral(".gguf"));
}

}  // namespace halftone::app
