// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFile>
#include <QList>
#include <QString>

/// What a program asks the system for, as names in its file. Nothing of a network: whatever a run does, it cannot reach one but through
/// libraries of which none has that task.
inline QList<QByteArray> networkNamesIn(const QString& program)
{
    QFile file(program);
    const QByteArray bytes = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    const auto holds = [&](const QByteArray& name) { return bytes.contains('\0' + name + '\0'); };
    QList<QByteArray> names;
    // The reading of files is there, or this would find nothing whatever the program is.
    if (!holds("pread") && !holds("pread64"))
        names << "(no symbols)";
    for (const char* name : {"socket", "connect", "getaddrinfo", "sendto", "libQt6Network.so.6", "libcurl.so.4"})
        if (holds(name))
            names << name;
    return names;
}
