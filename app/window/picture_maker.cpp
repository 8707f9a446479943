// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/picture_maker.h"

#include "app/compare/compare_page.h"
#include "app/evaluate/evaluate_page.h"
#include "app/jobs/job_manager.h"
#include "app/learn/learn_page.h"
#include "app/window/devices_dialog.h"
#include "app/window/main_window.h"
#include "app/window/type_speeds.h"

#include <QAction>
#include <QDir>
#include <QTextStream>

namespace halftone::app {
namespace {

constexpr int kLookMs = 40;
constexpr int kQuietLooks = 6;          ///< screens start their jobs a moment after they are shown
constexpr int kMostLooks = 60'000 / kLookMs;   ///< then the picture is taken as it is
const QString kStart = QStringLiteral("start");
const QString kCompare = QStringLiteral("compare");
const QString kEvaluate = QStringLiteral("evaluate");
const QString kDevices = QStringLiteral("devices");
const QString kLearn = QStringLiteral("learn");
constexpr int kEvaluatedWindows = 8;

}  // namespace

PictureMaker::PictureMaker(MainWindow& window, QString folder, QString model, QObject* parent)
    : QObject(parent), m_window(window), m_folder(std::move(folder)), m_model(std::move(model)), m_left{kStart}
{
    m_timer.setInterval(kLookMs);
    connect(&m_timer, &QTimer::timeout, this, &PictureMaker::look);
    if (m_model.isEmpty())
        return;
    m_left += m_window.pageKeys() + QStringList{kDevices};
    const qsizetype learn = m_left.indexOf(kLearn);
    if (const auto* page = m_window.findChild<LearnPage*>(); page && learn >= 0) {
        m_left.removeAt(learn);
        for (int i = 0; i < page->lessonCount(); ++i)
            m_left.insert(learn + i, QStringLiteral("%1-%2").arg(kLearn).arg(i + 1));
    }
}

void PictureMaker::start()
{
    if (!QDir().mkpath(m_folder)) {
        QTextStream(stderr) << tr("halftone: %1 cannot be made").arg(m_folder) << Qt::endl;
        QMetaObject::invokeMethod(this, [this] { Q_EMIT finished(4); }, Qt::QueuedConnection);
        return;
    }
    m_timer.start();
}

void PictureMaker::look()
{
    m_quietLooks = m_window.workspace().jobs().idle() ? m_quietLooks + 1 : 0;
    if (m_quietLooks < kQuietLooks && ++m_looks < kMostLooks)
        return;
    m_quietLooks = m_looks = 0;
    const QString shown = m_left.takeFirst();
    // A model that did not open leaves the window with its sentence: that is the picture.
    const bool failed = shown != kStart && !m_window.workspace().model();
    if (!save(failed ? QStringLiteral("error") : shown) || failed || m_left.isEmpty()) {
        m_timer.stop();
        Q_EMIT finished(failed ? 3 : m_left.isEmpty() ? 0 : 4);
        return;
    }
    if (shown == kStart)
        m_window.openPath(m_model);
    const QString page = m_left.first().section(QLatin1Char('-'), 0, 0);
    m_window.showPage(page);
    if (auto* learn = m_window.findChild<LearnPage*>(); page == kLearn && learn)
        learn->showLesson(m_left.first().section(QLatin1Char('-'), 1).toInt() - 1);
    // An empty screen shows little: these work before their pictures are taken.
    if (page == kDevices) {
        m_window.actions().devices->trigger();
        m_window.workspace().speeds().measure();
    }
    if (auto* compare = m_window.findChild<ComparePage*>(); m_left.first() == kCompare && compare)
        compare->run();
    if (auto* evaluate = m_window.findChild<EvaluatePage*>(); m_left.first() == kEvaluate && evaluate) {
        evaluate->setWindows(kEvaluatedWindows);
        evaluate->run();
    }
}

bool PictureMaker::save(const QString& name)
{
    const QString path = QDir(m_folder).filePath(name + QStringLiteral(".png"));
    QWidget* dialog = m_window.findChild<DevicesDialog*>();
    const bool saved = (dialog ? dialog : &m_window)->grab().save(path);
    QTextStream(saved ? stdout : stderr) << (saved ? path : tr("halftone: %1 cannot be written").arg(path)) << Qt::endl;
    return saved;
}

}  // namespace halftone::app
