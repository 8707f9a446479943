// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/type.h"

#include <QWidget>

#include <optional>

class QPainter;

namespace halftone::app {

/// A rounded field in the colour of the bits with the text on it. The number is always written: colour alone says nothing.
void paintChip(QPainter& painter, const QRect& rect, int bits, const QString& text);

/// A chip as a widget: shows the whole name of a type.
class Chip : public QWidget {
    Q_OBJECT
public:
    explicit Chip(QWidget* parent = nullptr);
    void setType(std::optional<quant::Type> type);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<quant::Type> m_type;
};

/// A thin bar that shows how the output's bytes are spread over the widths.
class BitsBar : public QWidget {
    Q_OBJECT
public:
    struct Part { int bits; quint64 bytes; };

    explicit BitsBar(QWidget* parent = nullptr);
    /// In order from left to right.
    void setParts(QList<Part> parts);
    QSize sizeHint() const override { return {170, 10}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QList<Part> m_parts;
};

}  // namespace halftone::app
