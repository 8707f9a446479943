// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/quantize_dialog.h"

#include "app/jobs/job_manager.h"
#include "app/widgets/format_text.h"
#include "app/widgets/theme.h"
#include "app/window/device_box.h"
#include "app/window/devices.h"
#include "app/window/output_place.h"
#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/file.h"
#include "core/model/model.h"
#include "core/write/journal.h"

#include <QCheckBox>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

namespace halftone::app {
QuantizeDialog::QuantizeDialog(Workspace& workspace, QWidget* parent)
    : QDialog(parent),
      m_workspace(workspace),
      m_pages(new QStackedWidget(this))
{
    setWindowTitle(tr("Quantize"));
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(520);
    m_pages->addWidget(buildChoice());
    m_pages->addWidget(buildProgress());
    m_pages->addWidget(buildResult());
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_pages);
    connect(&workspace.jobs(), &JobManager::jobsChanged, this, &QuantizeDialog::showProgress);
    connect(&workspace.jobs(), &JobManager::jobCancelled, this, [this](JobId job) {
        if (job == m_job)
            showFailure(tr("Cancelled. Nothing was written."));
    });
    connect(&workspace, &Workspace::recipeChanged, this, &QuantizeDialog::check);
    connect(&workspace, &Workspace::modelChanged, this, [this] {
        if (m_pages->currentIndex() == 0)
            close();
    });
    setDestination(proposedFile(workspace.path(), workspace.recipe()));
}

QWidget* QuantizeDialog::buildChoice()
{
    auto* page = new QWidget(this);
    m_path = new QLineEdit(page);
    m_path->setAccessibleName(tr("Output file"));
    auto* browse = new QPushButton(tr("Choose..."), page);
    auto* row = new QHBoxLayout;
    row->addWidget(m_path, 1);
    row->addWidget(browse);
    m_size = new QLabel(page);
    m_size->setFont(strongFont(font()));
    m_space = new QLabel(page);
    m_warning = new QLabel(page);
    m_warning->setWordWrap(true);
    m_requantize = new QCheckBox(tr("Quantize again what is quantized already (quality suffers twice)"), page);
    m_verify = new QCheckBox(tr("Verify the file before it gets its name"), page);
    m_verify->setToolTip(tr("It is read again from the disk: every block must decode to finite weights, and be what was computed."));
    m_verify->setChecked(true);
    m_leftover = new QLabel(page);
    m_leftover->setWordWrap(true);
    m_leftover->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    connect(m_leftover, &QLabel::linkActivated, this, &QuantizeDialog::followLink);
    auto* form = new QFormLayout;
    form->addRow(tr("Recipe"), new QLabel(QString::fromStdString(m_workspace.recipe().name), page));
    form->addRow(tr("Write to"), row);
    form->addRow(tr("Exact size"), m_size);
    form->addRow(tr("Free there"), m_space);
    form->addRow(tr("Compute on"), new DeviceBox(m_workspace.devices(), page));
    auto* buttons = new QDialogButtonBox(page);
    buttons->addButton(tr("Cancel"), QDialogButtonBox::RejectRole);  // in our words: Qt's own may lack the language
    m_start = buttons->addButton(tr("Quantize"), QDialogButtonBox::AcceptRole);
    m_start->setProperty("primary", true);
    m_start->setDefault(true);
    auto* layout = new QVBoxLayout(page);
    layout->addLayout(form);
    layout->addWidget(m_verify);
    layout->addWidget(m_requantize);
    layout->addWidget(m_leftover);
    layout->addWidget(m_warning);
    layout->addStretch(1);
    layout->addWidget(buttons);
    connect(browse, &QPushButton::clicked, this, &QuantizeDialog::browse);
    connect(m_path, &QLineEdit::textChanged, this, &QuantizeDialog::check);
    connect(m_requantize, &QCheckBox::toggled, this, &QuantizeDialog::check);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    connect(m_start, &QPushButton::clicked, this, &QuantizeDialog::start);
    return page;
}

QWidget* QuantizeDialog::buildProgress()
{
    auto* page = new QWidget(this);
    m_progressText = new QLabel(page);
    m_bar = new QProgressBar(page);
    m_bar->setRange(0, 1000);
    m_bar->setTextVisible(false);
    m_pause = new QPushButton(tr("Pause"), page);
    auto* cancel = new QPushButton(tr("Cancel"), page);
    auto* hide = new QPushButton(tr("Go on in the background"), page);
    auto* row = new QHBoxLayout;
    row->addWidget(hide);
    row->addStretch(1);
    row->addWidget(m_pause);
    row->addWidget(cancel);
    auto* layout = new QVBoxLayout(page);
    layout->addWidget(m_progressText);
    layout->addWidget(m_bar);
    layout->addStretch(1);
    layout->addLayout(row);
    connect(hide, &QPushButton::clicked, this, &QDialog::hide);
    connect(cancel, &QPushButton::clicked, this, [this] { m_workspace.jobs().cancel(m_job); });
    connect(m_pause, &QPushButton::clicked, this, [this] {
        const bool paused = m_pause->property("paused").toBool();
        paused ? m_workspace.jobs().resume(m_job) : m_workspace.jobs().pause(m_job);
        m_pause->setProperty("paused", !paused);
        m_pause->setText(paused ? tr("Pause") : tr("Go on"));
    });
    return page;
}

QWidget* QuantizeDialog::buildResult()
{
    auto* page = new QWidget(this);
    m_result = new QLabel(page);
    m_result->setWordWrap(true);
    m_result->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_show = new QPushButton(tr("Show in folder"), page);
    m_open = new QPushButton(tr("Open"), page);
    auto* close = new QPushButton(tr("Close"), page);
    auto* row = new QHBoxLayout;
    row->addWidget(m_show);
    row->addWidget(m_open);
    row->addStretch(1);
    row->addWidget(close);
    auto* layout = new QVBoxLayout(page);
    layout->addWidget(m_result);
    layout->addStretch(1);
    layout->addLayout(row);
    connect(m_show, &QPushButton::clicked, this, &QuantizeDialog::showInFolder);
    connect(m_open, &QPushButton::clicked, this, [this] {
        m_workspace.open(fromUtf8(m_file.toStdString()));
        QDialog::close();
    });
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    return page;
}

void QuantizeDialog::setDestination(const QString& file)
{
    m_path->setText(QDir::toNativeSeparators(file));
    check();
}

QString QuantizeDialog::destination() const
{
    return QDir::fromNativeSeparators(m_path->text().trimmed());
}

void QuantizeDialog::reject()
{
    m_pages->currentIndex() == 1 ? hide() : QDialog::reject();
}

void QuantizeDialog::closeEvent(QCloseEvent* event)
{
    if (m_pages->currentIndex() == 1) {
        hide();
        event->ignore();
        return;
    }
    QDialog::closeEvent(event);
}

void QuantizeDialog::browse()
{
    const QString file = QFileDialog::getSaveFileName(this, tr("Write to"), destination(), tr("GGUF models (*.gguf)"), nullptr,
                                                      QFileDialog::DontConfirmOverwrite);
    if (!file.isEmpty())
        setDestination(file);
}

void QuantizeDialog::start()
{
    m_file = QFileInfo(destination()).absoluteFilePath();
    const auto target = fromUtf8(m_file.toStdString());
    const bool again = m_requantize->isChecked();
    const DeviceTarget device = m_workspace.devices().target();
    m_device = device.name;
    Settings().addUnfinished({.destination = m_file,
                              .source = QString::fromStdString(toUtf8(m_workspace.path())),
                              .recipe = QString::fromStdString(plan::toJson(m_workspace.recipe())),
                              .importance = m_workspace.importanceOrigin()});
    m_job = m_workspace.jobs().start(
        {.title = tr("Quantize %1").arg(QFileInfo(m_file).fileName()), .device = device.ofJob()}, this,
        [model = m_workspace.model(), plan = m_workspace.plan(), importance = m_workspace.importance(), target, again,
         verify = m_verify->isChecked(), device, executor = m_workspace.executor()](Progress& progress) {
            QStringList notes;
            const auto backend = device.open(*executor, [&](const std::string& line) { notes << QString::fromStdString(line); });
            const write::Options options{.importance = importance.get(), .backend = backend.get(), .requantize = again, .verify = verify};
            write::Report report = write::quantizeFile(*model, plan, target, options, *executor, progress);
            return Written{std::move(report), backend ? QString::fromStdString(backend->name()) : kCpuName, notes};
        },
        [this](const Written& written) { showWritten(written); }, [this](const Error& error) { showFailure(errorText(error)); });
    m_pages->setCurrentIndex(1);
    m_progressText->setText(tr("Starting..."));
}

void QuantizeDialog::showProgress()
{
    if (m_pages->currentIndex() != 1)
        return;
    for (const auto& job : m_workspace.jobs().jobs()) {
        if (job.id != m_job)
            continue;
        const double share = job.progress.total ? double(job.progress.done) / double(job.progress.total) : 0;
        m_bar->setValue(int(1000 * share));
        QStringList parts{stageText(job.progress), tr("%1 %").arg(int(100 * share)), m_device};
        if (job.estimate.perSecond > 0)
            parts << rateText(job.progress, job.estimate.perSecond);
        if (job.estimate.secondsLeft)
            parts << tr("%1 left").arg(durationText(*job.estimate.secondsLeft));
        m_progressText->setText(job.progress.paused ? tr("Paused") : parts.join(QStringLiteral(" · ")));
    }
}

void QuantizeDialog::showWritten(const Written& written)
{
    for (const QString& note : written.notes)
        Q_EMIT m_workspace.message(note);
    showReport(written.report, written.device);
}

void QuantizeDialog::showReport(const write::Report& report, const QString& device)
{
    Settings().removeUnfinished(m_file);
    const QString text = report.verified ? tr("%1 is complete and verified: %2, %3, in %4 s, bound by %5.")
                                         : tr("%1 is complete: %2, %3, in %4 s, bound by %5.");
    const auto sentence = [&](const QString& file) {
        return text.arg(file, bytesText(report.bytes), bitsPerWeightText(report.bitsPerWeight), QLocale().toString(report.seconds, 'f', 1),
                        stageText(report.boundBy))
            + QLatin1Char(' ') + tr("Quantized on %1.").arg(device);
    };
    m_result->setText(sentence(QDir::toNativeSeparators(m_file)));
    m_show->show();
    m_open->show();
    m_pages->setCurrentIndex(2);
    show();  // it may have gone to the background
    Q_EMIT m_workspace.message(sentence(QFileInfo(m_file).fileName()));  // logs are sent to others: no folders
    Q_EMIT written(m_file);
}

/// Nothing is left to continue, but where the disk filled up.
void QuantizeDialog::noteEnd()
{
    m_workspace.jobs().start(
        {.title = tr("Looking at the folder"), .shown = false}, this,
        [file = fromUtf8(m_file.toStdString())](Progress&) { return write::findLeftover(file).has_value(); },
        [file = m_file](bool hasLeftover) {
            if (!hasLeftover)
                Settings().removeUnfinished(file);
        });
}

void QuantizeDialog::showFailure(const QString& reason)
{
    noteEnd();
    m_result->setText(reason);
    m_show->hide();
    m_open->hide();
    m_pages->setCurrentIndex(2);
    show();
}

void QuantizeDialog::showInFolder() const
{
    QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(m_file).absolutePath()));
}

}  // namespace halftone::app
