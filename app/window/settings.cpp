// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/settings.h"

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kVersion = 1;
constexpr int kMostRecent = 10;
constexpr qsizetype kMostUnfinished = 5;   // the oldest of more have long been forgotten
const QString kRecent = QStringLiteral("recent");
const QString kText = QStringLiteral("text");   // an importance matrix made of it
const QString kUnfinished = QStringLiteral("unfinished");

}  // namespace

Settings::Settings() : m_store(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("halftone"), QStringLiteral("halftone"))
{
    // A file of a newer program may mean something else by the same keys: it starts afresh.
    if (m_store.value(QStringLiteral("version"), kVersion).toInt() > kVersion)
        m_store.clear();
    m_store.setValue(QStringLiteral("version"), kVersion);
}

QList<RecentModel> Settings::recent() const
{
    QList<RecentModel> models;
    for (const QVariant& entry : m_store.value(kRecent).toList()) {
        const QVariantMap map = entry.toMap();
        const QString path = map.value(QStringLiteral("path")).toString();
        if (!path.isEmpty() && models.size() < kMostRecent)
            models.append({path, map.value(QStringLiteral("bytes")).toULongLong(), map.value(QStringLiteral("opened")).toDateTime()});
    }
    return models;
}

void Settings::addRecent(const QString& path, quint64 bytes)
{
    auto models = recent();
    models.removeIf([&](const RecentModel& model) { return model.path == path; });
    models.prepend({path, bytes, QDateTime::currentDateTime()});
    writeRecent(models.mid(0, kMostRecent));
}

void Settings::removeRecent(const QString& path)
{
    auto models = recent();
    models.removeIf([&](const RecentModel& model) { return model.path == path; });
    writeRecent(models);
}

void Settings::clearRecent()
{
    writeRecent({});
}

void Settings::writeRecent(const QList<RecentModel>& models)
{
    QVariantList list;
    for (const auto& model : models)
        list.append(QVariantMap{{QStringLiteral("path"), model.path}, {QStringLiteral("bytes"), QVariant::fromValue(model.bytes)}, {QStringLiteral("opened"), model.opened}});
    m_store.setValue(kRecent, list);
}

QList<UnfinishedFile> Settings::unfinished() const
{
    QList<UnfinishedFile> files;
    for (const QVariant& entry : m_store.value(kUnfinished).toList()) {
        const QStringList parts = entry.toStringList();
        if (parts.size() == 5)
            files.append({parts[0], parts[1], parts[2], {parts[3], parts[4] == kText}});
        else if (parts.size() == 3)  // of a version that did not note the importance matrix
            files.append({parts[0], parts[1], parts[2]});
    }
    return files;
}

void Settings::addUnfinished(const UnfinishedFile& file)
{
    removeUnfinished(file.destination);
    writeUnfinished(unfinished() << file);
    m_store.sync();   // a crash is what it is for
}

void Settings::removeUnfinished(const QString& destination)
{
    auto files = unfinished();
    files.removeIf([&](const UnfinishedFile& file) { return file.destination == destination; });
    writeUnfinished(files);
}

void Settings::writeUnfinished(const QList<UnfinishedFile>& files)
{
    QVariantList list;
    for (const UnfinishedFile& file : files.mid(std::max<qsizetype>(0, files.size() - kMostUnfinished)))
        list.append(QStringList{file.destination, file.source, file.recipe, file.importance.path, file.importance.isText ? kText : QString()});
    m_store.setValue(kUnfinished, list);
}

}  // namespace halftone::app
