// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/difference/difference_window.h"

#include "app/difference/difference_models.h"
#include "app/difference/overlay_plot.h"
#include "app/jobs/job_manager.h"
#include "app/widgets/card.h"
#include "app/widgets/format_text.h"
#include "app/widgets/segmented.h"
#include "app/widgets/texts.h"
#include "app/window/weight_counter.h"
#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/file.h"
#include "core/format/open.h"
#include "core/model/model.h"

#include <QCheckBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace halftone::app {
namespace {

constexpr char kCompare[] = "difference", kWeights[] = "difference weights";  // tags of the jobs

/// Rows whose name holds the filter's text, and that differ where only those are wanted.
class Rows : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setOnlyDiffering(bool only)
    {
        m_onlyDiffering = only;
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override
    {
        const QModelIndex index = sourceModel()->index(row, 0, parent);
        return QSortFilterProxyModel::filterAcceptsRow(row, parent)
            && (!m_onlyDiffering || index.data(TensorDifferenceModel::DiffersRole).toBool());
    }

private:
    bool m_onlyDiffering = true;
};

QString factsText(const model::Model& model, const std::filesystem::path& path)
{
    return DifferenceWindow::tr("%1 · %2 · %3 · %4 · %5")
        .arg(QString::fromStdString(model.name()), QFileInfo(QString::fromStdString(toUtf8(path))).fileName(),
             QString::fromStdString(model.architecture()), bytesText(model.fileBytes()), bitsPerWeightText(model.bitsPerWeight()));
}

}  // namespace

DifferenceWindow::DifferenceWindow(Workspace& workspace, QWidget* parent)
    : QWidget(parent, Qt::Window),
      m_workspace(workspace),
      m_model(workspace.model()),
      m_path(workspace.path()),
      m_titleA(new ElidedLabel),
      m_titleB(new ElidedLabel),
      m_summary(mutedLabel()),
      m_parts(new Segmented({tr("Tensors"), tr("Metadata"), tr("Tokenizer")})),
      m_stack(new QStackedWidget),
      m_filter(new QLineEdit),
      m_onlyDiffering(new QCheckBox(tr("Only what differs"))),
      m_tensors(new TensorDifferenceModel(this)),
      m_metadata(new MetadataDifferenceModel(MetadataDifferenceModel::Part::General, this)),
      m_tokenizer(new MetadataDifferenceModel(MetadataDifferenceModel::Part::Tokenizer, this)),
      m_rows(new Rows(this)),
      m_plot(new OverlayPlot)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Differences – Halftone"));
    resize(1080, 720);
    buildLayout();
    m_titleA->setFullText(m_model ? factsText(*m_model, m_path) : tr("no model"));
    showSentence(tr("Choose another model to lay beside this one."));
}

DifferenceWindow::~DifferenceWindow()
{
    for (const char* tag : {kCompare, kWeights})
        m_workspace.jobs().cancelTag(QLatin1String(tag));
}

void DifferenceWindow::buildLayout()
{
    m_stack->addWidget(buildTensors());
    m_stack->addWidget(buildTable(m_metadata, tr("Metadata")));
    m_stack->addWidget(buildTable(m_tokenizer, tr("Tokenizer")));
    connect(m_parts, &Segmented::indexChanged, m_stack, &QStackedWidget::setCurrentIndex);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(10);
    layout->addWidget(buildHeader());
    layout->addWidget(m_parts, 0, Qt::AlignLeft);
    layout->addWidget(m_stack, 1);
}

QWidget* DifferenceWindow::buildHeader()
{
    auto* header = new QWidget;
    auto* grid = new QGridLayout(header);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setColumnStretch(1, 1);
    auto* choose = new QPushButton(tr("Choose B…"));
    choose->setToolTip(tr("Choose the model to compare with"));
    connect(choose, &QPushButton::clicked, this, &DifferenceWindow::chooseOther);
    grid->addWidget(strongLabel(tr("A")), 0, 0);
    grid->addWidget(m_titleA, 0, 1);
    grid->addWidget(strongLabel(tr("B")), 1, 0);
    grid->addWidget(m_titleB, 1, 1);
    grid->addWidget(choose, 0, 2, 2, 1);
    m_summary->setWordWrap(true);
    grid->addWidget(m_summary, 2, 0, 1, 3);
    return header;
}

QWidget* DifferenceWindow::buildTensors()
{
    m_rows->setSourceModel(m_tensors);
    m_rows->setSortRole(TensorDifferenceModel::SortRole);
    m_rows->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_table = buildTable(m_rows, tr("Tensors"));
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder);  // file order first
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &DifferenceWindow::showWeights);

    m_filter->setPlaceholderText(tr("Filter tensors"));
    m_filter->setClearButtonEnabled(true);
    connect(m_filter, &QLineEdit::textChanged, m_rows, &QSortFilterProxyModel::setFilterFixedString);
    m_onlyDiffering->setChecked(true);
    connect(m_onlyDiffering, &QCheckBox::toggled, this, &DifferenceWindow::filterRows);
    auto* filters = new QHBoxLayout;
    filters->addWidget(m_filter, 1);
    filters->addWidget(m_onlyDiffering);

    m_weights = new Card(tr("Weights"));
    auto* scale = new Segmented({tr("Linear"), tr("Log")});
    scale->setIndex(1);
    connect(scale, &Segmented::indexChanged, this, [this](int index) { m_plot->setLogarithmic(index == 1); });
    m_weights->controls()->addWidget(scale);
    m_weights->body()->addWidget(m_plot, 1);

    auto* upper = new QWidget;
    auto* column = new QVBoxLayout(upper);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(filters);
    column->addWidget(m_table, 1);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(upper);
    splitter->addWidget(m_weights);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    return splitter;
}

QTableView* DifferenceWindow::buildTable(QAbstractItemModel* model, const QString& name)
{
    auto* table = new QTableView;
    table->setModel(model);
    table->setAccessibleName(name);
    table->setFrameShape(QFrame::NoFrame);
    table->setShowGrid(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 10);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setStretchLastSection(true);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    const int em = fontMetrics().averageCharWidth();
    const bool wide = model->columnCount() == MetadataDifferenceModel::ColumnCount;
    for (int column = 0; column < model->columnCount(); ++column)
        table->setColumnWidth(column, em * (column == 0 ? 32 : wide ? 56 : 14));
    return table;
}

void DifferenceWindow::chooseOther()
{
    const QString folder = QFileInfo(QString::fromStdString(toUtf8(m_path))).path();
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Compare with"), folder, tr("Models (*.gguf *.safetensors config.json);;All files (*)"));
    if (!file.isEmpty())
        compareWith(fromUtf8(file.toStdString()));
}

void DifferenceWindow::compareWith(const std::filesystem::path& other)
{
    if (!m_model)
        return;
    const QString name = QFileInfo(QString::fromStdString(toUtf8(other))).fileName();
    showSentence(tr("Comparing with %1…").arg(name));
    m_titleB->setFullText(name);
    m_workspace.jobs().start(
        {.title = tr("Comparing with %1").arg(name), .tag = QLatin1String(kCompare)}, this,
        [model = m_model, path = m_path, other, executor = m_workspace.executor()](Progress& progress) {
            return std::make_shared<const ModelPair>(app::compareWith(model, path, format::modelPath(other), *executor, progress));
        },
        [this](std::shared_ptr<const ModelPair> pair) { showPair(std::move(pair)); },
        [this, name](const Error& error) {
            const QString sentence = QStringLiteral("%1: %2").arg(name, errorText(error));
            showSentence(sentence);
            Q_EMIT failed(sentence);
        });
}

void DifferenceWindow::showPair(std::shared_ptr<const ModelPair> pair)
{
    m_pair = std::move(pair);
    m_titleB->setFullText(factsText(*m_pair->b, m_pair->pathB));
    m_tensors->setPair(m_pair);
    m_metadata->setPair(m_pair);
    m_tokenizer->setPair(m_pair);
    const auto keys = [](const QAbstractItemModel& model) { return countText(quint64(model.rowCount())); };
    m_summary->setText(summaryText(m_pair->difference)
                       + tr("\nkeys that differ: %1 in the metadata, %2 in the tokenizer").arg(keys(*m_metadata), keys(*m_tokenizer)));
    filterRows();
    Q_EMIT compared();
}

void DifferenceWindow::showSentence(const QString& sentence)
{
    m_pair.reset();
    for (auto* model : {m_metadata, m_tokenizer})
        model->setPair({});
    m_tensors->setPair({});
    m_summary->setText(sentence);
    showWeights();
}

void DifferenceWindow::filterRows()
{
    static_cast<Rows*>(m_rows)->setOnlyDiffering(m_onlyDiffering->isChecked());
    if (m_rows->rowCount() > 0 && !m_table->currentIndex().isValid())
        m_table->selectRow(0);
    showWeights();
}

void DifferenceWindow::showWeights()
{
    const QModelIndex current = m_rows->mapToSource(m_table->currentIndex());
    if (!m_pair || !current.isValid()) {
        m_workspace.jobs().cancelTag(QLatin1String(kWeights));
        m_weights->setNote({});
        m_plot->setMessage(!m_pair                       ? QString()
                               : m_rows->rowCount() == 0 ? tr("No tensor differs.")
                                                         : tr("Choose a tensor to see its weights in both models."));
        return;
    }
    const auto& line = m_pair->difference.tensors[std::size_t(current.row())];
    m_weights->setNote(tr("%1 · A filled, B as a line").arg(QString::fromStdString(line.name)));
    m_workspace.jobs().start(
        {.title = tr("Histograms"), .tag = QLatin1String(kWeights), .shown = false}, this,
        [pair = m_pair, row = std::size_t(current.row()), counter = m_workspace.counter()](Progress& progress) {
            return weightsOf(pair->difference.tensors[row], counter, progress);
        },
        [this](WeightPair weights) { m_plot->setWeights(std::move(weights)); },
        [this](const Error& error) { m_plot->setMessage(errorText(error)); });
}

}  // namespace halftone::app
