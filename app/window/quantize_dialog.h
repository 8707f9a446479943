// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/settings.h"
#include "core/write/quantize_file.h"

#include <QDialog>

class QCheckBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QStackedWidget;

namespace halftone::app {

struct OutputPlace;
class Workspace;

/// Writes the open model with the current recipe: choose the file, see its exact size and the room there is, then watch.
/// Closed while the job runs, it waits unseen (the jobs panel shows the job) and comes back with the result.
/// Deletes itself when closed otherwise.
class QuantizeDialog : public QDialog {
    Q_OBJECT
public:
    explicit QuantizeDialog(Workspace& workspace, QWidget* parent = nullptr);

    void setDestination(const QString& file);
    QString destination() const;
    void reject() override;

Q_SIGNALS:
    void written(const QString& file);

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    /// What the job brings back.
    struct Written {
        write::Report report;
        QString device;
        QStringList notes;  ///< what a device could not do
    };
    QWidget* buildChoice();
    QWidget* buildProgress();
    QWidget* buildResult();
    void browse();
    void check();
    void look();
    void showPlace(const OutputPlace& place);
    QStringList problemsWith(const OutputPlace& place) const;
    void showLeftover(const OutputPlace& place);
    ImportanceOrigin missingImportance() const;
    void followLink(const QString& link);
    void removeLeftover();
    void start();
    void showWritten(const Written& written);
    void showProgress();
    void showReport(const write::Report& report, const QString& device);
    void showFailure(const QString& reason);
    void noteEnd();
    void showInFolder() const;

    Workspace& m_workspace;
    bool m_isLooking = false;  ///< at the disk, in a job
    bool m_isNewQuestion = false;  ///< since that began
    quint64 m_job = 0;
    QString m_file;
    QString m_device;  ///< that the job was started on

    QStackedWidget* m_pages;
    QLineEdit* m_path;
    QLabel* m_size;
    QLabel* m_space;
    QLabel* m_warning;
    QCheckBox* m_requantize;
    QCheckBox* m_verify;
    QLabel* m_leftover;  ///< of a run that died: what of it can be used, with a link to remove it
    QPushButton* m_start;
    QLabel* m_progressText;
    QProgressBar* m_bar;
    QPushButton* m_pause;
    QLabel* m_result;
    QPushButton* m_show;
    QPushButton* m_open;
};

}  // namespace halftone::app
