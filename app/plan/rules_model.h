// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QList>
#include <QString>

namespace halftone::app {

class Workspace;

/// What a rule does in the open model.
struct RuleEffect {
    int matches = 0;       ///< quantizable tensors whose name it finds
    int decides = 0;       ///< of those, the ones it gives their type
    int blockedBy = -1;    ///< the earlier rule that takes most of the others, -1 if none does
    int byHand = 0;        ///< others that were chosen by hand
};

/// The recipe's patterns, strongest first, and what each of them does. Editing goes through the workspace's undo stack.
class RulesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Number, Pattern, Type, Effect, ColumnCount };
    static constexpr int WarningRole = Qt::UserRole;   ///< bool: the rule decides nothing

    explicit RulesModel(Workspace& workspace, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    /// Adds at the end (weakest). False, and nothing changes, when the pattern makes no sense.
    bool add(const QString& pattern, quint32 type);
    void remove(int row);
    void move(int row, int by);

    const RuleEffect& effect(int row) const { return m_effects[row]; }
    /// How many quantizable tensors a pattern finds; -1 when it is not a regular expression.
    int matchCount(const QString& pattern) const;
    /// Why a pattern makes no sense; empty when it does.
    static QString problemOf(const QString& pattern);

Q_SIGNALS:
    void rejected(const QString& sentence);

private:
    void refresh();
    RuleEffect effectOf(int row) const;
    QString effectText(const RuleEffect& effect) const;

    Workspace& m_workspace;
    QList<RuleEffect> m_effects;   // as many as the views know of rows
};

}  // namespace halftone::app
