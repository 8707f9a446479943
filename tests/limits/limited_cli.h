// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>

#include <sys/resource.h>
#include <unistd.h>

/// halftone-cli held by the system to as much memory, processor time and open files as any model may take here: who needs more is
/// killed or refused, so time and memory are bounded whatever else the machine does.
class LimitedCli {
public:
    struct Result {
        int code = -1;  ///< -1: killed, or it did not end
        QByteArray out, err;
        QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
        /// One line that begins as every refusal does.
        bool refusedInOneLine() const { return err.startsWith("halftone-cli: ") && err.endsWith('\n') && err.count('\n') == 1; }
    };

    static constexpr rlim_t kMemory = rlim_t(1) << 30;  ///< bytes, besides files mapped read-only
    static constexpr rlim_t kSeconds = 60;  ///< of processor time; the slowest takes two on one core
    static constexpr rlim_t kFiles = 40, kMostFiles = 1024;  ///< open at once: fewer than shards until the program asks for more

    rlim_t seconds = kSeconds;
    QString folder = {};  ///< to run in; empty: the test's own
    bool unprivileged = false;  ///< as nobody where the tests run as root, who may write everywhere

    Result run(const QStringList& arguments) const
    {
        QProcess process;
        process.setWorkingDirectory(folder);
        process.setChildProcessModifier([drop = unprivileged, time = seconds] { limit(drop, time); });
        process.start(QStringLiteral(HALFTONE_CLI), arguments);
        const bool ended = process.waitForFinished(280'000);
        return {ended && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(),
                process.readAllStandardError()};
    }
    Result runJson(QStringList arguments) const { return run(arguments << QStringLiteral("--json") << QStringLiteral("--quiet")); }

private:
    /// In the child, between fork and exec: system calls only.
    static void limit(bool drop, [[maybe_unused]] rlim_t time)
    {
        const auto set = [](auto what, rlim_t now, rlim_t most) {
            const rlimit both{now, most};
            ::setrlimit(what, &both);
        };
        set(RLIMIT_NOFILE, kFiles, kMostFiles);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // whose own memory and time are no measure
        set(RLIMIT_DATA, kMemory, kMemory);
        set(RLIMIT_CPU, time, time);
#endif
        if (drop && ::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
            ::_exit(126);
    }
};
