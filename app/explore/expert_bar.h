// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QSpinBox;

namespace halftone::model {
struct Tensor;
}

namespace halftone::app {

/// Chooses one matrix of a stack, such as an expert of a mixture, for every card of the page. Hidden where there is no choice.
class ExpertBar : public QWidget {
    Q_OBJECT
public:
    explicit ExpertBar(QWidget* parent = nullptr);

    /// Offers the matrices of this tensor; null: there is nothing to choose from. The choice stays while the number of experts does.
    void setTensor(const model::Tensor* tensor);
    int expert() const;  ///< -1: all of them

Q_SIGNALS:
    void expertChanged();

private:
    QSpinBox* m_expert;
    QLabel* m_count;
};

}  // namespace halftone::app
