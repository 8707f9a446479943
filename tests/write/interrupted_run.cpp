// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/write/interrupted_run.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/plan.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>

#include <atomic>
#include <csignal>
#include <thread>

#ifdef Q_OS_UNIX
#include <sys/resource.h>
#endif

namespace halftone::test {
namespace {

/// Dies as soon as so many bytes of the source are done.
int dieAfter(const char* bytes, const char* source, const char* presets, const char* out)
{
    Progress progress;
    std::atomic<bool> hasEnded{false};
    std::thread killer([&progress, &hasEnded, limit = QByteArray(bytes).toULongLong()] {
        const auto isTime = [&](const Progress::Snapshot& now) { return now.stage == "quantizing" && now.done >= limit; };
        while (!isTime(progress.snapshot()) && !hasEnded)
            std::this_thread::yield();
        if (!hasEnded)
            std::raise(SIGKILL);
    });
    writeFamily(source, QString(presets).split(','), out, progress);
    hasEnded = true;
    killer.join();
    return 0;
}

int writeAsChild(const char* out, [[maybe_unused]] const char* limit, const char* presets)
{
#ifdef Q_OS_UNIX
    if (const rlim_t bytes = rlim_t(QByteArray(limit).toULongLong()); bytes > 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit files{bytes, bytes};
        setrlimit(RLIMIT_FSIZE, &files);
    }
#endif
    try {
        Progress progress;
        writeFamily(kSample, QString(presets).split(','), out, progress);
        return 0;
    } catch (const Error&) {
        return 7;
    }
}

}  // namespace

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::vector<write::Report> writeFamily(const std::filesystem::path& source, const QStringList& presets, const std::filesystem::path& out,
                                       Progress& progress, write::Options options)
{
    const auto model = format::openModel(source);
    std::vector<plan::Plan> plans;
    for (const QString& preset : presets)
        plans.push_back(plan::makePlan(*model, {.base = preset.toStdString()}, {.importance = options.importance != nullptr}));
    std::vector<write::Output> outputs;
    for (std::size_t i = 0; i < plans.size(); ++i)
        outputs.push_back({plans[i], i ? std::filesystem::path(out.string() + '-' + std::to_string(i)) : out});
    options.checkpointBytes = 1 << 20;
    return write::quantizeFiles(*model, outputs, options, Executor(2), progress);
}

write::Report writeTo(const std::filesystem::path& out, Progress& progress)
{
    return writeFamily(kSample, {"Q4_K_M"}, out, progress).front();
}

write::Leftover leftByADeadRun(std::uint64_t bytes, const QString& out, const QString& source, const QString& presets)
{
    // On a machine with much else to do, a run may be over before its killer has its turn.
    constexpr int kAttempts = 5;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), {"--die-after", QString::number(bytes), source, presets, out});
        if (!child.waitForFinished(120'000))
            return {};
        if (child.exitStatus() == QProcess::CrashExit)
            return write::findLeftover(out.toStdString()).value_or(write::Leftover{});
        for (qsizetype i = 0; i < presets.split(',').size(); ++i)
            QFile::remove(i ? out + '-' + QString::number(i) : out);
    }
    return {};
}

QStringList childArguments(const QString& out, std::uint64_t limit, const QString& presets)
{
    return {"--write", out, QString::number(limit), presets};
}

std::optional<int> childMain(int argc, char* argv[])
{
    if (argc == 6 && QByteArray(argv[1]) == "--die-after")
        return dieAfter(argv[2], argv[3], argv[4], argv[5]);
    if (argc == 5 && QByteArray(argv[1]) == "--write")
        return writeAsChild(argv[2], argv[3], argv[4]);
    return std::nullopt;
}

}  // namespace halftone::test
