// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/chat_bar.h"

#include "core/chat/prompt.h"
#include "core/model/model.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

namespace halftone::app {

ChatBar::ChatBar(QWidget* parent) : QWidget(parent), m_chat(new QPushButton(tr("As chat"), this)), m_system(new QLineEdit(this))
{
    m_chat->setCheckable(true);
    m_system->setAccessibleName(tr("System prompt"));
    m_system->setPlaceholderText(tr("System prompt (may stay empty)"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_chat);
    row->addWidget(m_system, 1);
    connect(m_chat, &QPushButton::toggled, m_system, &QWidget::setEnabled);
    setModel(nullptr);
}

void ChatBar::setModel(const model::Model* model)
{
    const bool known = model && chat::hasChatTemplate(model->metadata());
    setVisible(known);
    m_chat->setChecked(known);
    m_system->setEnabled(known);
    m_chat->setToolTip(tr("Put the prompt as a question by the model's own chat template; off: every column continues it as plain text"));
}

std::optional<std::string> ChatBar::system() const
{
    if (!m_chat->isChecked())
        return std::nullopt;
    return m_system->text().toStdString();
}

}  // namespace halftone::app
