// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/speed_store.h"

#include "core/base/error.h"

#include <QDir>
#include <QFile>
#include <QSaveFile>
#include <QStandardPaths>

namespace halftone::app {

SpeedStore::SpeedStore() : m_folder(QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) + QStringLiteral("/halftone")) {}

QString SpeedStore::fileOf(const std::string& key) const
{
    return m_folder + QLatin1Char('/') + QString::fromStdString(key) + QStringLiteral(".json");
}

plan::DecodeSpeeds SpeedStore::read(const std::string& key) const
{
    QFile file(fileOf(key));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    try {
        return plan::decodeSpeedsFromJson(file.readAll().toStdString());
    } catch (const Error&) {
        return {};
    }
}

void SpeedStore::keep(const plan::DecodeSpeeds& speeds, const std::string& key) const
{
    QDir().mkpath(m_folder);
    QSaveFile file(fileOf(key));
    if (!file.open(QIODevice::WriteOnly))
        return;  // measured again another time
    file.write(QByteArray::fromStdString(plan::toJson(speeds)));
    file.commit();
}

}  // namespace halftone::app
