// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/log_view.h"

#include "app/widgets/theme.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <mutex>

namespace halftone::app {
namespace {

constexpr int kMostLines = 5000;

}  // namespace

/// Hands each line to the view through a queued signal; after the view is gone, lines go nowhere.
class LogView::Sink : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit Sink(LogView& view) : m_view(&view) { set_pattern("%H:%M:%S  %^%l%$  %v"); }

    void detach()
    {
        const std::lock_guard lock(mutex_);
        m_view = nullptr;
    }

protected:
    void sink_it_(const spdlog::details::log_msg& message) override
    {
        if (!m_view)
            return;
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        Q_EMIT m_view->lineLogged(QString::fromUtf8(line.data(), qsizetype(line.size())).trimmed());
    }
    void flush_() override {}

private:
    LogView* m_view;
};

LogView::LogView(QWidget* parent) : QPlainTextEdit(parent), m_sink(std::make_shared<Sink>(*this)), m_logger(std::make_shared<spdlog::logger>("halftone", m_sink))
{
    setReadOnly(true);
    setProperty("log", true);
    setMaximumBlockCount(kMostLines);
    setFont(monospaceFont());
    setAccessibleName(tr("Log"));
    setPlaceholderText(tr("Nothing happened yet"));
    connect(this, &LogView::lineLogged, this, &LogView::appendPlainText, Qt::QueuedConnection);
}

LogView::~LogView()
{
    m_sink->detach();
}

void LogView::info(const QString& line)
{
    m_logger->info("{}", line.toStdString());
}

void LogView::warn(const QString& line)
{
    m_logger->warn("{}", line.toStdString());
}

}  // namespace halftone::app
