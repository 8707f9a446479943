// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>
#include <string>

class QLineEdit;
class QPushButton;

namespace halftone::model {
class Model;
}

namespace halftone::app {

/// Whether the prompt is put as a question by the model's chat template, and under which system prompt.
class ChatBar : public QWidget {
    Q_OBJECT
public:
    explicit ChatBar(QWidget* parent = nullptr);

    /// Chat is chosen where the model has a template, and cannot be where it has none. Null: no model.
    void setModel(const model::Model* model);
    /// The system prompt, maybe empty; nothing where the prompt goes as plain text.
    std::optional<std::string> system() const;

private:
    QPushButton* m_chat;
    QLineEdit* m_system;
};

}  // namespace halftone::app
