// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/kv_type_button.h"

#include "app/widgets/format_text.h"
#include "core/infer/kv_cache.h"
#include "core/infer/variant.h"
#include "core/model/model.h"

#include <QActionGroup>
#include <QMenu>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr std::uint64_t kUsualTokens = 4096;  ///< a text that the memory is told for, unless the model's are shorter

QString nameOf(infer::KvType type)
{
    const auto name = infer::kvTypeName(type);
    return QString::fromLatin1(name.data(), qsizetype(name.size())).toUpper();
}

}  // namespace

KvTypeButton::KvTypeButton(Whose whose, QWidget* parent) : QToolButton(parent), m_whose(whose), m_types(new QActionGroup(this))
{
    setProperty("framed", true);
    setPopupMode(QToolButton::InstantPopup);
    setMenu(new QMenu(this));
    setToolTip(
        whose == Whose::EachColumn
            ? tr("What every column's keys and values of past tokens are kept as: fewer bits take less memory and cost some accuracy")
            : tr("What every variant's keys and values of past tokens are kept as; the original's are F16, so that the cost is seen"));
    for (const infer::KvType type : infer::kKvTypes) {
        QAction* action = menu()->addAction(nameOf(type));
        action->setCheckable(true);
        action->setData(int(type));
        action->setChecked(type == infer::KvType::F16);
        m_types->addAction(action);
    }
    connect(m_types, &QActionGroup::triggered, this, &KvTypeButton::showType);
    showType();
}

void KvTypeButton::setModel(const model::Model* model)
{
    const bool runs = model && infer::whyNotRunnable(*model).empty();
    for (QAction* action : m_types->actions()) {
        const auto type = infer::KvType(action->data().toInt());
        if (!runs) {
            action->setText(nameOf(type));
            continue;
        }
        const infer::Hyperparameters numbers = infer::readHyperparameters(*model);
        const std::uint64_t tokens = std::min(numbers.contextLength, kUsualTokens);
        const auto bytes = quint64(infer::KvCache::bytes(numbers, tokens, type));
        const QString text =
            m_whose == Whose::EachColumn ? tr("%1: %2 for %3 tokens in each column") : tr("%1: %2 for %3 tokens in each variant");
        action->setText(text.arg(nameOf(type), bytesText(bytes), countText(tokens)));
    }
}

infer::KvType KvTypeButton::type() const
{
    return infer::KvType(m_types->checkedAction()->data().toInt());
}

void KvTypeButton::showType()
{
    setText(tr("KV %1").arg(nameOf(type())));
}

}  // namespace halftone::app
