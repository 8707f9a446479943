// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/devices_dialog.h"

#include "app/jobs/job_manager.h"
#include "app/widgets/card.h"
#include "app/widgets/format_text.h"
#include "app/widgets/texts.h"
#include "app/window/device_list.h"
#include "app/window/devices.h"
#include "app/window/speed_table.h"
#include "app/window/type_speeds.h"
#include "app/window/workspace.h"
#include "core/base/executor.h"
#include "core/infer/accelerator.h"
#include "core/model/model.h"
#include "gpu/infer/accelerator.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kSteps = 1000;  ///< of the progress bar
const QString kTryTag = QStringLiteral("devices.try");

QString bandwidthText(double bytesPerSecond)
{
    const double gigabytes = bytesPerSecond / 1e9;
    return DevicesDialog::tr("%1 GB/s").arg(QLocale().toString(gigabytes, 'f', gigabytes < 99.95 ? 1 : 0));
}

}  // namespace

DevicesDialog::DevicesDialog(Workspace& workspace, QWidget* parent)
    : QDialog(parent),
      m_workspace(workspace),
      m_problem(badgeLabel({}, this)),
      m_rows(new SpeedTableModel(this))
{
    setWindowTitle(tr("Devices and speed"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(720, 700);
    m_problem->setObjectName(QStringLiteral("deviceProblem"));
    m_problem->setWordWrap(true);
    m_problem->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    m_problem->hide();
    auto* buttons = new QDialogButtonBox(this);
    buttons->addButton(tr("Close"), QDialogButtonBox::RejectRole);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(buildDevices());
    layout->addWidget(m_problem);
    layout->addWidget(buildSpeeds(), 1);
    layout->addWidget(buttons);
    TypeSpeeds& speeds = workspace.speeds();
    connect(&speeds, &TypeSpeeds::changed, this, &DevicesDialog::refresh);
    connect(&speeds, &TypeSpeeds::progressed, this, &DevicesDialog::refresh);
    connect(&speeds, &TypeSpeeds::failed, this, &DevicesDialog::showProblem);
    connect(&workspace, &Workspace::modelChanged, this, &DevicesDialog::refresh);
    connect(&workspace.jobs(), &JobManager::jobsChanged, this, &DevicesDialog::showProgress);
    workspace.devices().discover(workspace.jobs());  // what is free may be long ago
    refresh();
}

QWidget* DevicesDialog::buildDevices()
{
    auto* card = new Card(tr("Compute on"), this);
    auto* list = new DeviceList(m_workspace.devices(), m_workspace.executor()->threads(), card);
    connect(list, &DeviceList::chosen, this, &DevicesDialog::tryDevice);
    card->body()->addWidget(list);
    return card;
}

QWidget* DevicesDialog::buildSpeeds()
{
    m_card = new Card(tr("Speed of the types"), this);
    m_measure = new QPushButton(tr("Measure speeds"), m_card);
    m_measure->setToolTip(tr("How fast this machine runs each type; some seconds, best while nothing else works"));
    m_measure->setObjectName(QStringLiteral("measureSpeeds"));
    m_cancel = new QPushButton(tr("Cancel"), m_card);
    m_bar = new QProgressBar(m_card);
    m_bar->setRange(0, kSteps);
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(140);
    m_bar->setAccessibleName(tr("Measuring"));
    for (QWidget* control : {static_cast<QWidget*>(m_bar), static_cast<QWidget*>(m_cancel), static_cast<QWidget*>(m_measure)})
        m_card->controls()->addWidget(control);
    m_table = new QTableView(m_card);
    m_table->setModel(m_rows);
    m_table->setItemDelegate(new SpeedBarDelegate(m_table));
    m_table->setAccessibleName(tr("Tokens a second of each type"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    for (const int column : {SpeedTableModel::CpuColumn, SpeedTableModel::DeviceColumn})
        m_table->horizontalHeader()->setSectionResizeMode(column, QHeaderView::Stretch);
    m_bounds = mutedLabel({}, m_card);
    m_bounds->setWordWrap(true);
    m_empty = mutedLabel({}, m_card);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_card->body()->addWidget(m_empty, 1);
    m_card->body()->addWidget(m_table, 1);
    m_card->body()->addWidget(m_bounds);
    connect(m_measure, &QPushButton::clicked, this, [this] {
        showProblem({});
        m_workspace.speeds().measure();
    });
    connect(m_cancel, &QPushButton::clicked, &m_workspace.speeds(), &TypeSpeeds::cancel);
    return m_card;
}

void DevicesDialog::refresh()
{
    const TypeSpeeds& speeds = m_workspace.speeds();
    const auto model = m_workspace.model();
    const bool measured = model && !(speeds.ofCpu().empty() && speeds.ofDevice().empty());
    const bool device = m_workspace.devices().target().index.has_value(), measuring = speeds.measuring();
    m_rows->setRows(measured ? speedRows(*model, speeds.ofCpu(), speeds.ofDevice()) : QList<SpeedRow>(),
                    m_workspace.devices().target().name);
    for (const int column : {SpeedTableModel::DeviceColumn, SpeedTableModel::DeviceShareColumn})
        m_table->setColumnHidden(column, !device);
    m_table->setVisible(measured);
    m_bounds->setVisible(measured);
    m_empty->setVisible(!measured);
    m_empty->setText(note());
    m_bounds->setText(measured ? bounds() : QString());
    m_card->setNote(model ? QString::fromStdString(model->name()) : QString());
    m_measure->setEnabled(model && !measuring);
    m_measure->setText(measured ? tr("Measure again") : tr("Measure speeds"));
    m_measure->setVisible(!measuring);
    m_cancel->setVisible(measuring);
    showProgress();
}

/// In place of a table.
QString DevicesDialog::note() const
{
    if (!m_workspace.model())
        return tr("Open a model: how fast a type runs depends on the shapes of its matrices.");
    return tr("Not measured yet. Some seconds tell how many tokens a second each type would give, on the CPU and on the device chosen "
              "above; the budgets of the Plan tab are made from that.");
}

/// What the shares are shares of.
QString DevicesDialog::bounds() const
{
    const TypeSpeeds& speeds = m_workspace.speeds();
    QStringList read;
    if (const double cpu = speeds.ofCpu().memoryBytesPerSecond; cpu > 0)
        read << tr("%1 by the CPU").arg(bandwidthText(cpu));
    if (const double device = speeds.ofDevice().memoryBytesPerSecond; device > 0)
        read << tr("%1 by %2").arg(bandwidthText(device), m_workspace.devices().target().name);
    const QString budgets = tr("The Plan tab's budgets are for %1.").arg(speeds.place());
    if (read.isEmpty())
        return budgets;
    return budgets + QLatin1Char(' ')
        + tr("The bound is to read all weights once for each token: memory is read at %1.").arg(read.join(QStringLiteral(", ")));
}

void DevicesDialog::showProgress()
{
    const TypeSpeeds& speeds = m_workspace.speeds();
    m_bar->setVisible(speeds.measuring());
    for (const JobView& job : m_workspace.jobs().jobs())
        if (job.id == speeds.job())
            m_bar->setValue(job.progress.total ? int(kSteps * std::min(1.0, double(job.progress.done) / double(job.progress.total))) : 0);
}

/// A device that cannot be opened says so now, not when a job needs it.
void DevicesDialog::tryDevice()
{
    showProblem({});
    const DeviceTarget target = m_workspace.devices().target();
    m_workspace.jobs().cancelTag(kTryTag);
    if (!target.index)
        return;
    m_workspace.jobs().start(
        {.title = tr("Opening %1").arg(target.name), .tag = kTryTag, .shown = false}, this,
        [index = *target.index](Progress&) { return bool(gpu::openAccelerator(index, {})); }, [](bool) {},
        [this, name = target.name](const Error& error) {
            showProblem(tr("%1 cannot be used, the CPU computes in its place: %2").arg(name, errorText(error)));
        });
}

void DevicesDialog::showProblem(const QString& sentence)
{
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
}

}  // namespace halftone::app
