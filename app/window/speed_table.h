// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/decode_speed.h"

#include <QAbstractTableModel>
#include <QList>
#include <QStyledItemDelegate>

#include <optional>

namespace halftone::model {
class Model;
}

namespace halftone::app {

/// What one type would run at on one machine, if every matrix had it.
struct TypeRate {
    double tokensPerSecond = 0;
    std::optional<double> share = {};  ///< of what reading the weights at the memory's speed would allow
};

struct SpeedRow {
    quant::Type type;
    quint64 bytes = 0;  ///< of the file
    std::optional<TypeRate> cpu = {}, device = {};  ///< none: not measured
};

/// A row for each type that was measured anywhere, from few bits to many. Either of the speeds may be empty.
QList<SpeedRow> speedRows(const model::Model& model, const plan::DecodeSpeeds& cpu, const plan::DecodeSpeeds& device);

/// Types against tokens a second.
class SpeedTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { TypeColumn, SizeColumn, CpuColumn, CpuShareColumn, DeviceColumn, DeviceShareColumn, ColumnCount };
    enum Role { BarRole = Qt::UserRole + 1 };  ///< 0 to 1: beside the fastest of all

    using QAbstractTableModel::QAbstractTableModel;
    void setRows(QList<SpeedRow> rows, const QString& deviceName);

    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString textOf(const SpeedRow& row, int column) const;

    QList<SpeedRow> m_rows;
    QString m_deviceName;
    double m_fastest = 0;
};

/// Draws a bar before a speed.
class SpeedBarDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace halftone::app
