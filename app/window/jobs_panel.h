// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include <map>
#include <memory>

class QLabel;
class QVBoxLayout;

namespace halftone::app {

class JobManager;
struct JobView;

/// One line for each running job: what it does, how far it is, pause and cancel.
class JobsPanel : public QFrame {
    Q_OBJECT
public:
    explicit JobsPanel(JobManager& jobs, QWidget* parent = nullptr);

private:
    class Row;
    void refresh();

    JobManager& m_jobs;
    QLabel* m_none;
    QVBoxLayout* m_layout;
    std::map<quint64, Row*> m_rows;
};

}  // namespace halftone::app
