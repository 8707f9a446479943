// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/type_speeds.h"

#include "app/jobs/job_manager.h"
#include "app/widgets/format_text.h"
#include "app/window/devices.h"
#include "app/window/speed_store.h"
#include "app/window/workspace.h"
#include "core/base/executor.h"
#include "core/evaluate/decode_speeds.h"
#include "core/infer/accelerator.h"
#include "core/model/model.h"
#include "gpu/infer/accelerator.h"

namespace halftone::app {
namespace {

const QString kKeptTag = QStringLiteral("speeds.kept"), kMeasureTag = QStringLiteral("speeds.measure");

struct Kept {
    plan::DecodeSpeeds cpu, device;
};

/// On the device, or without one on the CPU.
plan::DecodeSpeeds measured(const std::shared_ptr<const model::Model>& model, std::optional<int> device, const Executor& executor,
                            Progress& progress)
{
    if (!device)
        return evaluate::measureDecodeSpeeds(model, evaluate::runnableTypes(), executor, progress);
    std::string said;
    const auto accelerator = gpu::openAccelerator(*device, [&](const std::string& sentence) { said = sentence; });
    try {
        return evaluate::measureDecodeSpeeds(model, evaluate::runnableTypes(), executor, progress, accelerator.get());
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Cancelled || said.empty())
            throw;
        throw Error(error.code(), said);  // it knows more
    }
}

}  // namespace

TypeSpeeds::TypeSpeeds(Workspace& workspace) : m_workspace(workspace)
{
    connect(&workspace, &Workspace::modelChanged, this, &TypeSpeeds::onModelChanged);
    connect(&workspace.devices(), &Devices::changed, this, &TypeSpeeds::onDevicesChanged);
    connect(&workspace.jobs(), &JobManager::jobCancelled, this, [this](JobId job) {
        if (job == m_job)
            stop();
    });
}

QString TypeSpeeds::place() const
{
    return m_device.empty() ? tr("this CPU") : m_workspace.devices().target().name;
}

std::optional<quint64> TypeSpeeds::roomBytes() const
{
    const auto device = m_workspace.devices().targetDevice();
    return m_device.empty() || !device ? std::nullopt : std::optional<quint64>(device->roomBytes());
}

void TypeSpeeds::onModelChanged()
{
    for (const QString& tag : {kKeptTag, kMeasureTag})
        m_workspace.jobs().cancelTag(tag);
    m_cpu = m_device = {};
    m_left.clear();
    m_job = 0;
    // Later: who still shows the model before must hear of the new one first.
    QMetaObject::invokeMethod(this, &TypeSpeeds::progressed, Qt::QueuedConnection);
    load();
}

/// What is free on a device changes all the time; only another device matters here.
void TypeSpeeds::onDevicesChanged()
{
    const auto device = m_workspace.devices().targetDevice();
    const std::string identity = device ? device->identity() : std::string();
    if (identity == m_identity)
        return;
    m_identity = identity;
    m_device = {};
    load();
    Q_EMIT changed();
}

/// Reading them costs nothing; only measuring is asked for.
void TypeSpeeds::load()
{
    const auto model = m_workspace.model();
    if (!model)
        return;
    m_workspace.jobs().start(
        {.title = tr("Looking for earlier figures"), .tag = kKeptTag, .shown = false}, this,
        [model, store = SpeedStore(), threads = m_workspace.executor()->threads(), identity = m_identity](Progress&) {
            return Kept{store.read(evaluate::speedsKey(*model, threads)),
                        identity.empty() ? plan::DecodeSpeeds() : store.read(evaluate::speedsKey(*model, identity))};
        },
        [this, identity = m_identity](const Kept& kept) {
            if (!kept.cpu.empty())
                take(Where::Cpu, {}, kept.cpu);
            if (!kept.device.empty())
                take(Where::Device, identity, kept.device);
        });
}

void TypeSpeeds::measure()
{
    if (!m_workspace.model())
        return;
    m_left = {Where::Cpu};
    if (!m_identity.empty())
        m_left << Where::Device;
    measureNext();
}

void TypeSpeeds::measureNext()
{
    if (m_left.isEmpty())
        return stop();
    const Where where = m_left.takeFirst();
    const DeviceTarget target = where == Where::Device ? m_workspace.devices().target() : DeviceTarget{};
    m_job = m_workspace.jobs().start(
        {.title = tr("Speed of the types on this machine"), .tag = kMeasureTag, .device = target.ofJob()}, this,
        [model = m_workspace.model(), store = SpeedStore(), executor = m_workspace.executor(), identity = m_identity,
         device = target.index](Progress& progress) {
            plan::DecodeSpeeds speeds = measured(model, device, *executor, progress);
            store.keep(speeds, device ? evaluate::speedsKey(*model, identity) : evaluate::speedsKey(*model, executor->threads()));
            return speeds;
        },
        [this, where, identity = m_identity](plan::DecodeSpeeds speeds) {
            take(where, identity, std::move(speeds));
            measureNext();
        },
        [this](const Error& error) {
            stop();
            Q_EMIT failed(errorText(error));
        });
    Q_EMIT progressed();
}

/// Another device may have been chosen in the meantime.
void TypeSpeeds::take(Where where, const std::string& identity, plan::DecodeSpeeds speeds)
{
    if (where == Where::Device && identity != m_identity)
        return;
    (where == Where::Cpu ? m_cpu : m_device) = std::move(speeds);
    Q_EMIT changed();
}

void TypeSpeeds::cancel()
{
    m_left.clear();
    m_workspace.jobs().cancel(m_job);
}

void TypeSpeeds::stop()
{
    m_left.clear();
    m_job = 0;
    Q_EMIT progressed();
}

}  // namespace halftone::app
