// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QLabel;
class QProgressBar;
class QPushButton;
class QTableView;

namespace halftone::app {

class Card;
class SpeedTableModel;
class Workspace;

/// What this machine can compute on and which of it does, and how fast the CPU and the device chosen run the open model in each type.
class DevicesDialog : public QDialog {
    Q_OBJECT
public:
    explicit DevicesDialog(Workspace& workspace, QWidget* parent = nullptr);

private:
    QWidget* buildDevices();
    QWidget* buildSpeeds();
    void refresh();
    void showProgress();
    void tryDevice();
    void showProblem(const QString& sentence);
    QString note() const;
    QString bounds() const;

    Workspace& m_workspace;
    QLabel* m_problem;
    Card* m_card = nullptr;
    SpeedTableModel* m_rows;
    QTableView* m_table = nullptr;
    QLabel* m_bounds = nullptr;
    QLabel* m_empty = nullptr;
    QProgressBar* m_bar = nullptr;
    QPushButton* m_measure = nullptr;
    QPushButton* m_cancel = nullptr;
};

}  // namespace halftone::app
