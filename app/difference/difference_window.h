// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <filesystem>
#include <memory>

class QAbstractItemModel;
class QCheckBox;
class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace halftone::model {
class Model;
}

namespace halftone::app {

class Card;
class ElidedLabel;
class MetadataDifferenceModel;
class OverlayPlot;
class Segmented;
class TensorDifferenceModel;
class Workspace;
struct ModelPair;

/// Two models beside each other, in a window of its own: tensors with their types, bytes and errors, the histograms of one
/// tensor over each other, metadata, tokenizer. A is the model that was open when the window was made, and is kept.
class DifferenceWindow : public QWidget {
    Q_OBJECT
public:
    explicit DifferenceWindow(Workspace& workspace, QWidget* parent = nullptr);
    ~DifferenceWindow() override;

    /// Opens `other` as B and compares, in a job; ends in compared or failed.
    void compareWith(const std::filesystem::path& other);
    /// Asks for the file of B.
    void chooseOther();

Q_SIGNALS:
    void compared();
    void failed(const QString& sentence);

private:
    void buildLayout();
    QWidget* buildHeader();
    QWidget* buildTensors();
    QTableView* buildTable(QAbstractItemModel* model, const QString& name);
    void showPair(std::shared_ptr<const ModelPair> pair);
    void showSentence(const QString& sentence);
    void filterRows();
    void showWeights();

    Workspace& m_workspace;
    std::shared_ptr<const model::Model> m_model;
    std::filesystem::path m_path;
    std::shared_ptr<const ModelPair> m_pair;  ///< null until compared

    ElidedLabel* m_titleA;
    ElidedLabel* m_titleB;
    QLabel* m_summary;
    Segmented* m_parts;
    QStackedWidget* m_stack;
    QLineEdit* m_filter;
    QCheckBox* m_onlyDiffering;
    QTableView* m_table = nullptr;
    TensorDifferenceModel* m_tensors;
    MetadataDifferenceModel* m_metadata;
    MetadataDifferenceModel* m_tokenizer;
    QSortFilterProxyModel* m_rows;
    Card* m_weights = nullptr;
    OverlayPlot* m_plot;
};

}  // namespace halftone::app
