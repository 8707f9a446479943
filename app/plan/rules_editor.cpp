// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/rules_editor.h"

#include "app/plan/plan_text.h"
#include "app/plan/rules_model.h"
#include "app/widgets/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>

namespace halftone::app {
namespace {

/// Every type that this program makes without an importance matrix, from few bits to many.
void fillTypes(QComboBox& combo)
{
    for (const quant::TypeInfo& type : quant::allTypes())
        if (type.canQuantize && !type.needsImportance)
            combo.addItem(typeText(type.type), uint(type.type));
}

class RuleDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        if (index.column() != RulesModel::Type)
            return QStyledItemDelegate::createEditor(parent, option, index);
        auto* combo = new QComboBox(parent);
        fillTypes(*combo);
        return combo;
    }

    void setEditorData(QWidget* editor, const QModelIndex& index) const override
    {
        if (auto* combo = qobject_cast<QComboBox*>(editor))
            combo->setCurrentIndex(combo->findData(index.data(Qt::EditRole)));
        else
            QStyledItemDelegate::setEditorData(editor, index);
    }

    void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override
    {
        if (auto* combo = qobject_cast<QComboBox*>(editor))
            model->setData(index, combo->currentData());
        else
            QStyledItemDelegate::setModelData(editor, model, index);
    }

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        if (index.column() == RulesModel::Effect) {
            const Theme& theme = Theme::current();
            const QColor ink = index.data(RulesModel::WarningRole).toBool() ? theme.warning : theme.muted;
            option->palette.setColor(QPalette::Text, ink);
            option->palette.setColor(QPalette::HighlightedText, ink);
        }
    }
};

}  // namespace

RulesEditor::RulesEditor(RulesModel& model, QWidget* parent)
    : QWidget(parent), m_model(model), m_table(new QTableView), m_pattern(new QLineEdit), m_type(new QComboBox), m_remark(new QLabel)
{
    auto* up = button(QStringLiteral("↑"), tr("Make the rule stronger"));
    auto* down = button(QStringLiteral("↓"), tr("Make the rule weaker"));
    auto* remove = button(QStringLiteral("✕"), tr("Remove the rule"));
    auto* buttons = new QVBoxLayout;
    buttons->setSpacing(2);
    for (auto* each : {up, down, remove})
        buttons->addWidget(each);
    buttons->addStretch();
    auto* list = new QHBoxLayout;
    list->setSpacing(4);
    list->addWidget(m_table, 1);
    list->addLayout(buttons);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(list, 1);
    layout->addWidget(buildAddLine());
    layout->addWidget(m_remark);
    m_remark->setWordWrap(true);
    buildTable();
    connect(up, &QToolButton::clicked, this, [this] {
        const int row = currentRow();
        m_model.move(row, -1);
        m_table->selectRow(std::max(0, row - 1));
    });
    connect(down, &QToolButton::clicked, this, [this] {
        const int row = currentRow();
        m_model.move(row, 1);
        m_table->selectRow(std::min(m_model.rowCount() - 1, row + 1));
    });
    connect(remove, &QToolButton::clicked, this, [this] { m_model.remove(currentRow()); });
    connect(&m_model, &QAbstractItemModel::dataChanged, this, &RulesEditor::showMatches);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &RulesEditor::showMatches);
    connect(&m_model, &RulesModel::rejected, this, [this](const QString& sentence) { showRemark(sentence, true); });
    showMatches();
}

void RulesEditor::buildTable()
{
    m_table->setModel(&m_model);
    m_table->setItemDelegate(new RuleDelegate(m_table));
    m_table->setAccessibleName(tr("Rules"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    m_table->setColumnWidth(RulesModel::Number, 4 * fontMetrics().averageCharWidth());
    m_table->setColumnWidth(RulesModel::Pattern, 18 * fontMetrics().averageCharWidth());
    m_table->setColumnWidth(RulesModel::Type, 9 * fontMetrics().averageCharWidth());
    m_table->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    m_table->setMinimumHeight(2 * (fontMetrics().height() + 8));
}

QWidget* RulesEditor::buildAddLine()
{
    auto* line = new QWidget;
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins(0, 0, 0, 0);
    m_pattern->setPlaceholderText(tr("Pattern, such as blk\\.[0-3]\\.ffn_down"));
    m_pattern->setAccessibleName(tr("Pattern of a new rule"));
    fillTypes(*m_type);
    m_type->setCurrentIndex(m_type->findData(uint(quant::Type::Q6_K)));
    m_type->setAccessibleName(tr("Type of a new rule"));
    auto* add = button(tr("Add"), tr("Add the rule behind the others"));
    layout->addWidget(m_pattern, 1);
    layout->addWidget(m_type);
    layout->addWidget(add);
    connect(m_pattern, &QLineEdit::textChanged, this, &RulesEditor::showMatches);
    connect(m_pattern, &QLineEdit::returnPressed, this, &RulesEditor::add);
    connect(add, &QToolButton::clicked, this, &RulesEditor::add);
    return line;
}

QToolButton* RulesEditor::button(const QString& text, const QString& tip)
{
    auto* made = new QToolButton;
    made->setText(text);
    made->setToolTip(tip);
    made->setAccessibleName(tip);
    made->setAutoRaise(true);
    return made;
}

QString RulesEditor::remark() const
{
    return m_remark->text();
}

void RulesEditor::add()
{
    if (m_model.add(m_pattern->text(), m_type->currentData().toUInt()))
        m_pattern->clear();
}

void RulesEditor::showMatches()
{
    const QString pattern = m_pattern->text();
    if (pattern.isEmpty()) {
        for (int row = 0; row < m_model.rowCount(); ++row)
            if (m_model.index(row, RulesModel::Effect).data(RulesModel::WarningRole).toBool())
                return showRemark(tr("Rule %1 %2.").arg(row + 1).arg(m_model.index(row, RulesModel::Effect).data().toString()), true);
        return showRemark(tr("The first rule that matches decides; a choice by hand is stronger."), false);
    }
    const int count = m_model.matchCount(pattern);
    if (count < 0)
        showRemark(RulesModel::problemOf(pattern), true);
    else
        showRemark(tr("tensors that match: %1").arg(count), count == 0);
}

void RulesEditor::showRemark(const QString& text, bool warning)
{
    const Theme& theme = Theme::current();
    QPalette ink = m_remark->palette();
    ink.setColor(QPalette::WindowText, warning ? theme.warning : theme.muted);
    m_remark->setPalette(ink);
    m_remark->setText(text);
}

int RulesEditor::currentRow() const
{
    return m_table->currentIndex().row();
}

}  // namespace halftone::app
