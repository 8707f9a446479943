// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/infer/kv_type.h"

#include <QToolButton>

class QActionGroup;

namespace halftone::model {
class Model;
}

namespace halftone::app {

/// What every column's keys and values of past tokens are kept as; its menu says what each choice takes of the memory.
class KvTypeButton : public QToolButton {
    Q_OBJECT
public:
    explicit KvTypeButton(QWidget* parent = nullptr);

    /// Whose memory the menu tells. Null: no model.
    void setModel(const model::Model* model);
    infer::KvType type() const;

private:
    void showType();

    QActionGroup* m_types;
};

}  // namespace halftone::app
