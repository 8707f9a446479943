// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/difference/model_pair.h"

#include <QAbstractTableModel>

#include <memory>
#include <vector>

namespace halftone::app {

/// Every tensor of either side in a row.
class TensorDifferenceModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Shape, TypeA, TypeB, BytesA, BytesB, Rmse, Snr, MaxError, ColumnCount };
    static constexpr int SortRole = Qt::UserRole;  ///< numbers stay numbers
    static constexpr int DiffersRole = Qt::UserRole + 1;

    explicit TensorDifferenceModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}
    void setPair(std::shared_ptr<const ModelPair> pair);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(const inspect::Difference::Line& line, int column) const;
    QVariant sortKey(const inspect::Difference::Line& line, int column) const;
    std::shared_ptr<const ModelPair> m_pair;
};

/// The metadata keys that differ: those of the tokenizer, or all others.
class MetadataDifferenceModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum class Part { General, Tokenizer };
    enum Column { Key, A, B, ColumnCount };

    explicit MetadataDifferenceModel(Part part, QObject* parent = nullptr) : QAbstractTableModel(parent), m_part(part) {}
    void setPair(std::shared_ptr<const ModelPair> pair);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    Part m_part;
    std::shared_ptr<const ModelPair> m_pair;
    std::vector<const inspect::Difference::Entry*> m_entries;
};

}  // namespace halftone::app
