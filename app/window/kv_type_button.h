// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/infer/kv_type.h"

#include <QToolButton>

class QActionGroup;

namespace halftone::model {
class Model;
}

namespace halftone::app {

/// What keys and values of past tokens are kept as; its menu says what each choice takes of the memory.
class KvTypeButton : public QToolButton {
    Q_OBJECT
public:
    enum class Whose { EachColumn, EachVariant };
    explicit KvTypeButton(Whose whose, QWidget* parent = nullptr);

    /// Whose memory the menu tells. Null: no model.
    void setModel(const model::Model* model);
    infer::KvType type() const;

private:
    void showType();

    Whose m_whose;
    QActionGroup* m_types;
};

}  // namespace halftone::app
