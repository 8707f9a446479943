// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QString>
#include <QWidget>

class QPainter;

namespace halftone::app {

/// What a packed block is made of: its fields as a bar, as wide as they have bits, and below it what each is and holds.
class LayoutBar : public QWidget {
    Q_OBJECT
public:
    struct Part {
        QString name, content;
        int bits = 0;
        int colour = 16;  ///< of Theme::bits()
    };

    explicit LayoutBar(QWidget* parent = nullptr);
    void setParts(QList<Part> parts);
    const QList<Part>& parts() const { return m_parts; }

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override { return {420, heightForWidth(420)}; }
    QSize minimumSizeHint() const override { return {240, heightForWidth(240)}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void drawBar(QPainter& painter) const;
    QSize entrySize(const Part& part) const;
    QList<QPoint> places(int width) const;  ///< of the entries below the bar
    QString figures(const Part& part) const;

    QList<Part> m_parts;
};

}  // namespace halftone::app
