// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/settings.h"

namespace halftone::app {
namespace {

constexpr int kVersion = 1;
constexpr int kMostRecent = 10;
const QString kRecent = QStringLiteral("recent");

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

}  // namespace halftone::app
