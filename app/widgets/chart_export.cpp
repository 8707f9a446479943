// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/chart_export.h"

#include "app/widgets/theme.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QFileDialog>
#include <QGuiApplication>
#include <QMenu>
#include <QMessageBox>
#include <QPainter>
#include <QPixmap>
#include <QSaveFile>
#include <QSvgGenerator>

#include <utility>

namespace halftone::app {
namespace {

constexpr qreal kScale = 2;  // of a PNG, so that it prints well

QImage picture(const Chart& chart)
{
    QImage image(chart.size * kScale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(kScale);
    image.fill(Qt::transparent);
    chart.draw(image, chart.size);
    return image;
}

bool writeSvg(const Chart& chart, QIODevice& file)
{
    QSvgGenerator svg;
    svg.setOutputDevice(&file);
    svg.setSize(chart.size);
    svg.setViewBox(QRect(QPoint(0, 0), chart.size));
    svg.setTitle(chart.name);
    chart.draw(svg, chart.size);
    return true;
}

bool write(const Chart& chart, ChartFormat format, QIODevice& file)
{
    switch (format) {
    case ChartFormat::Png: return picture(chart).save(&file, "PNG");
    case ChartFormat::Svg: return writeSvg(chart, file);
    case ChartFormat::Csv: {
        const QByteArray bytes = chart.csv().toUtf8();
        return file.write(bytes) == bytes.size();
    }
    }
    return false;
}

void ask(QWidget* parent, const Chart& chart, ChartFormat format, const QString& suffix)
{
    const QString path = QFileDialog::getSaveFileName(parent, QCoreApplication::translate("ChartExport", "Save chart"), chart.name + suffix,
                                                      QStringLiteral("*") + suffix);
    if (path.isEmpty())
        return;
    const QString problem = saveChart(chart, format, path.endsWith(suffix, Qt::CaseInsensitive) ? path : path + suffix);
    if (!problem.isEmpty())
        QMessageBox::warning(parent, QCoreApplication::translate("ChartExport", "Save chart"), problem);
}

}  // namespace

Chart paintedChart(QString name, QSize size, std::function<void(QPainter&, QSize)> draw, std::function<QString()> csv)
{
    return {std::move(name), size,
            [draw = std::move(draw)](QPaintDevice& device, QSize room) {
                QPainter painter(&device);
                painter.fillRect(QRect(QPoint(), room), Theme::current().surface);
                draw(painter, room);
            },
            std::move(csv)};
}

QString saveChart(const Chart& chart, ChartFormat format, const QString& path)
{
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && write(chart, format, file) && file.commit())
        return {};
    return QCoreApplication::translate("ChartExport", "The chart could not be saved as %1: %2").arg(path, file.errorString());
}

void showChartMenu(QWidget* parent, const QPoint& globalPosition, const Chart& chart)
{
    auto* menu = new QMenu(parent);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString& label, ChartFormat format, const QString& suffix) {
        menu->addAction(label, parent, [=] { ask(parent, chart, format, suffix); });
    };
    add(QCoreApplication::translate("ChartExport", "Save as PNG…"), ChartFormat::Png, QStringLiteral(".png"));
    add(QCoreApplication::translate("ChartExport", "Save as SVG…"), ChartFormat::Svg, QStringLiteral(".svg"));
    add(QCoreApplication::translate("ChartExport", "Save numbers as CSV…"), ChartFormat::Csv, QStringLiteral(".csv"));
    menu->addSeparator();
    menu->addAction(QCoreApplication::translate("ChartExport", "Copy picture"), parent,
                    [=] { QGuiApplication::clipboard()->setImage(picture(chart)); });
    menu->popup(globalPosition);
}

}  // namespace halftone::app
