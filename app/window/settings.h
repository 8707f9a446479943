// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QList>
#include <QSettings>
#include <QString>

namespace halftone::app {

/// A model that was open before. Size and date are those of the last opening: showing the list touches no disk.
struct RecentModel {
    QString path;
    quint64 bytes = 0;
    QDateTime opened;
};

/// Where an importance matrix came from: a file of its own, or the text that it was made of.
struct ImportanceOrigin {
    QString path = {};  ///< empty: from neither
    bool isText = false;
};

/// A file that was being quantized. It stays noted until the run ends, so that the next start can offer to go on after a crash.
struct UnfinishedFile {
    QString destination;
    QString source;
    QString recipe;   ///< JSON
    ImportanceOrigin importance = {};
};

/// What the program remembers between two runs, as an INI file in the user's configuration folder.
class Settings {
public:
    Settings();

    QList<RecentModel> recent() const;   ///< the newest first, at most ten
    void addRecent(const QString& path, quint64 bytes);
    void removeRecent(const QString& path);
    void clearRecent();

    QList<UnfinishedFile> unfinished() const;
    void addUnfinished(const UnfinishedFile& file);
    void removeUnfinished(const QString& destination);

    QVariant value(const QString& key) const { return m_store.value(key); }
    void setValue(const QString& key, const QVariant& value) { m_store.setValue(key, value); }

private:
    void writeRecent(const QList<RecentModel>& models);
    void writeUnfinished(const QList<UnfinishedFile>& files);
    QSettings m_store;
};

}  // namespace halftone::app
