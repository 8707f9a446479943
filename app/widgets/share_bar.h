// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>

namespace halftone::app {

/// A thin bar of which a part is taken; only its outline while the part is not known.
class ShareBar : public QWidget {
    Q_OBJECT
public:
    explicit ShareBar(QWidget* parent = nullptr);
    /// 0 to 1; from nine tenths on in the colour of warnings.
    void setShare(std::optional<double> share);
    std::optional<double> share() const { return m_share; }
    QSize sizeHint() const override { return {120, 8}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<double> m_share;
};

}  // namespace halftone::app
