// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>

namespace halftone::app {

class MainWindow;

/// Draws every screen into PNG files: start, then each tab (and each lesson of Learn) once its jobs have ended. `halftone --render FOLDER [MODEL]`.
class PictureMaker : public QObject {
    Q_OBJECT
public:
    PictureMaker(MainWindow& window, QString folder, QString model, QObject* parent = nullptr);
    void start();

Q_SIGNALS:
    void finished(int exitCode);

private:
    void look();
    bool save(const QString& name);

    MainWindow& m_window;
    QString m_folder, m_model;
    QStringList m_left;        ///< screens still to be drawn; the first is the one shown
    QTimer m_timer;
    int m_quietLooks = 0;
    int m_looks = 0;
};

}  // namespace halftone::app
