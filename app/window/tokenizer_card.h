// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/format/tokenizer_check.h"

#include <QWidget>

#include <cstddef>
#include <memory>
#include <string>

class QLabel;

namespace halftone::app {

class FactTable;
class JobManager;

/// The tokenizer of the open model: its kind, where it came from, what is special in it, and whether it agrees with the Hugging
/// Face files beside the model. Read and checked in jobs, filled in as they end.
class TokenizerCard : public QWidget {
    Q_OBJECT
public:
    explicit TokenizerCard(JobManager& jobs, QWidget* parent = nullptr);

    /// Null: nothing is shown.
    void setModel(const std::shared_ptr<const model::Model>& model);

private:
    struct Facts {
        format::TokenizerSource source = format::TokenizerSource::None;
        std::string kind, splitting, begin, end;
        std::size_t size = 0, special = 0;
        bool addsBegin = false, certain = true, chat = false;
    };
    static Facts factsOf(const model::Model& model);
    void readFacts();
    void check();
    void showFacts();
    void warn(const QString& sentences);

    JobManager& m_jobs;
    FactTable* m_table;
    QLabel* m_badge;
    std::shared_ptr<const model::Model> m_model;
    Facts m_facts;
    QString m_agreement;  ///< what the check says; empty: nothing yet
};

/// "other merges (2): “a b” here, “b a” there"
QString differenceText(const format::TokenizerDifference& difference);

}  // namespace halftone::app
