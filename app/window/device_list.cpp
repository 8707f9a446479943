// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/device_list.h"

#include "app/widgets/format_text.h"
#include "app/widgets/share_bar.h"
#include "app/widgets/texts.h"
#include "app/window/device_texts.h"
#include "app/window/devices.h"
#include "core/base/system.h"

#include <QGridLayout>
#include <QRadioButton>
#include <QVBoxLayout>

#include <algorithm>

namespace halftone::app {

DeviceList::DeviceList(Devices& devices, int threads, QWidget* parent)
    : QWidget(parent),
      m_devices(devices),
      m_threads(threads),
      m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    connect(&m_devices, &Devices::changed, this, &DeviceList::refresh);
    refresh();
}

QList<DeviceList::Entry> DeviceList::entries() const
{
    QList<Entry> entries{{.choice = kAutomaticDevice,
                          .name = tr("Automatic: %1").arg(m_devices.automatic().name),
                          .facts = {tr("The fastest graphics device; for quantizing, each type where it is made faster.")}},
                         cpuEntry()};
    const auto& found = m_devices.found();
    for (int i = 0; found && i < int(found->devices.size()); ++i) {
        const gpu::Device& device = found->devices[std::size_t(i)];
        const QString name = m_devices.nameOf(i);
        QStringList facts{deviceFactsText(device)};
        if (!device.features.empty())
            facts << deviceFeaturesText(device);
        entries.append({.choice = name,
                        .name = device.kind == gpu::Device::Kind::Software ? tr("%1 (software)").arg(name) : name,
                        .facts = facts,
                        .memory = deviceMemoryText(device),
                        .taken = takenShare(device)});
    }
    return entries;
}

DeviceList::Entry DeviceList::cpuEntry() const
{
    const SystemInfo system = systemInfo();
    const quint64 free = availableBytes();
    return {.choice = kCpuDevice,
            .name = tr("CPU"),
            .facts = {tr("%n thread(s)", nullptr, m_threads) + QStringLiteral(" · ") + QString::fromStdString(system.simd)},
            .memory = tr("%1 of %2 free").arg(bytesText(free), bytesText(system.memoryBytes)),
            .taken = system.memoryBytes ? std::optional(1 - double(free) / double(system.memoryBytes)) : std::nullopt};
}

/// In place of devices.
QString DeviceList::note() const
{
    const auto& found = m_devices.found();
    return !found ? tr("Looking for Vulkan devices…") : found->devices.empty() ? noDeviceText(found->problem) : QString();
}

/// The rows stay while they are the same devices: the mouse may be over one, the focus in it.
void DeviceList::refresh()
{
    const QList<Entry> now = entries();
    const bool same =
        std::equal(now.begin(), now.end(), m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) { return a.isSame(b); });
    if (!m_rows || !same || note() != m_note)
        rebuild(now);
    m_entries = now;
    m_note = note();
    const auto chosen = std::ranges::find(now, m_devices.choice(), &Entry::choice);
    for (qsizetype i = 0; i < now.size(); ++i)
        show(m_shown[i], now[i], chosen == now.end() ? i == 0 : chosen - now.begin() == i);
}

void DeviceList::rebuild(const QList<Entry>& entries)
{
    delete m_rows;
    m_shown.clear();
    m_rows = new QWidget(this);
    auto* rows = new QVBoxLayout(m_rows);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(10);
    for (const Entry& entry : entries)
        add(entry);
    if (!note().isEmpty()) {
        auto* none = mutedLabel(note(), m_rows);
        none->setWordWrap(true);
        rows->addWidget(none);
    }
    m_layout->addWidget(m_rows);
}

void DeviceList::add(const Entry& entry)
{
    constexpr int kIndent = 24;
    auto* button = new QRadioButton(entry.name, m_rows);
    button->setObjectName(entry.choice);
    // Later: what is found may have changed, and the button goes with the rows.
    const auto choose = [this, choice = entry.choice] {
        m_devices.choose(choice);
        Q_EMIT chosen();
    };
    connect(button, &QRadioButton::clicked, this, choose, Qt::QueuedConnection);
    auto* bar = new ShareBar(m_rows);
    bar->setFixedWidth(bar->sizeHint().width());
    auto* memory = mutedLabel({}, m_rows);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(2);
    grid->setColumnStretch(0, 1);
    grid->addWidget(button, 0, 0);
    grid->addWidget(bar, 0, 1, Qt::AlignVCenter);
    grid->addWidget(memory, 0, 2);
    for (int line = 0; line < entry.facts.size(); ++line) {
        auto* facts = mutedLabel(entry.facts[line], m_rows);
        facts->setWordWrap(true);
        facts->setIndent(kIndent);
        grid->addWidget(facts, line + 1, 0, 1, 3);
    }
    static_cast<QVBoxLayout*>(m_rows->layout())->addLayout(grid);
    m_shown.append({button, bar, memory});
}

void DeviceList::show(const Row& row, const Entry& entry, bool chosen)
{
    row.button->setChecked(chosen);
    row.bar->setShare(entry.taken);
    row.bar->setVisible(entry.taken.has_value());
    row.bar->setAccessibleName(tr("Memory of %1: %2").arg(entry.name, entry.memory));
    row.memory->setText(entry.memory);
}

}  // namespace halftone::app
