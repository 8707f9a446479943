// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

#include <memory>

namespace spdlog {
class logger;
}

namespace halftone::app {

/// The log as text. info() and warn() may be called from any thread; lines are shown on the UI thread.
class LogView : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit LogView(QWidget* parent = nullptr);
    ~LogView() override;

    void info(const QString& line);
    void warn(const QString& line);

Q_SIGNALS:
    void lineLogged(const QString& line);   ///< from any thread

private:
    class Sink;
    std::shared_ptr<Sink> m_sink;
    std::shared_ptr<spdlog::logger> m_logger;
};

}  // namespace halftone::app
