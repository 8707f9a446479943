// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/comparison_export.h"

#include "app/compare/token_text.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QMessageBox>
#include <QSaveFile>

namespace halftone::app {
namespace {

struct ExportText {
    Q_DECLARE_TR_FUNCTIONS(ComparisonExport)
};

constexpr const char* kStyle = R"(body { font: 15px/1.5 system-ui, sans-serif; margin: 2em; color: #1b1f24; background: #fff; }
.columns { display: flex; gap: 1em; align-items: flex-start; overflow-x: auto; }
section { flex: 1 0 14em; border: 1px solid #d0d7de; border-radius: 8px; padding: .8em; }
h2 { font-size: 1em; margin: 0; }
.muted { color: #656d76; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
b { text-decoration: underline; }
)";

QString text(const ColumnToken& token)
{
    return QString::fromStdString(token.text);
}

/// Every character that could begin markup is escaped; a line that ends stays one.
QString markdownEscaped(const QString& text)
{
    static const QString kMarks = QStringLiteral("\\`*_{}[]()<>#+-.!|~&");
    QString escaped;
    for (const QChar character : text) {
        if (character == QLatin1Char('\n'))
            escaped += QStringLiteral("\\\n> ");
        else if (kMarks.contains(character))
            escaped += QLatin1Char('\\') + QString(character);
        else
            escaped += character;
    }
    return escaped;
}

/// Marks must touch the word, not the space before it.
QString markdownBold(const QString& text)
{
    const QString word = text.trimmed();
    if (word.isEmpty())
        return markdownEscaped(text);
    const qsizetype at = text.indexOf(word);
    return markdownEscaped(text.left(at)) + QStringLiteral("**") + markdownEscaped(word) + QStringLiteral("**")
        + markdownEscaped(text.mid(at + word.size()));
}

QString htmlToken(const ColumnToken& token, bool differs)
{
    const QString written = text(token).toHtmlEscaped();
    return QStringLiteral("<span style=\"background:rgba(207,60,30,%1)\" title=\"%2\">%3</span>")
        .arg(QString::number(0.34 * surprise(token.probability), 'f', 3), QString::number(double(token.probability), 'f', 4),
             differs ? QStringLiteral("<b>") + written + QStringLiteral("</b>") : written);
}

QString suffixOf(ComparisonFormat format)
{
    return format == ComparisonFormat::Html ? QStringLiteral(".html") : QStringLiteral(".md");
}

}  // namespace

QString toMarkdown(const ComparisonReport& report)
{
    QString page = QStringLiteral("# %1\n\n> %2\n").arg(markdownEscaped(report.model), markdownEscaped(report.prompt));
    for (const auto& column : report.columns) {
        page += QStringLiteral("\n## %1\n\n%2\n\n> ").arg(markdownEscaped(column.title), markdownEscaped(column.facts));
        for (int i = 0; i < int(column.tokens.size()); ++i) {
            const QString written = text(column.tokens[std::size_t(i)]);
            page += i == column.firstDifference ? markdownBold(written) : markdownEscaped(written);
        }
        page += QLatin1Char('\n');
    }
    return page;
}

QString toHtml(const ComparisonReport& report)
{
    const QString title = report.model.toHtmlEscaped();
    QString page = QStringLiteral("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>") + title
        + QStringLiteral("</title>\n<style>\n") + QString::fromLatin1(kStyle) + QStringLiteral("</style></head>\n<body>\n<h1>") + title
        + QStringLiteral("</h1>\n<p class=\"text muted\">") + report.prompt.toHtmlEscaped()
        + QStringLiteral("</p>\n<div class=\"columns\">\n");
    for (const auto& column : report.columns) {
        page += QStringLiteral("<section><h2>") + column.title.toHtmlEscaped() + QStringLiteral("</h2>\n<p class=\"muted\">")
            + column.facts.toHtmlEscaped() + QStringLiteral("</p>\n<p class=\"text\">");
        for (int i = 0; i < int(column.tokens.size()); ++i)
            page += htmlToken(column.tokens[std::size_t(i)], i == column.firstDifference);
        page += QStringLiteral("</p></section>\n");
    }
    return page + QStringLiteral("</div>\n</body></html>\n");
}

QString saveComparison(const ComparisonReport& report, ComparisonFormat format, const QString& path)
{
    const QByteArray content = (format == ComparisonFormat::Html ? toHtml(report) : toMarkdown(report)).toUtf8();
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(content) == content.size() && file.commit())
        return {};
    return ExportText::tr("The comparison could not be saved as %1: %2").arg(path, file.errorString());
}

void exportComparison(QWidget* parent, const ComparisonReport& report, ComparisonFormat format)
{
    const QString suffix = suffixOf(format), title = ExportText::tr("Save comparison");
    QString path = QFileDialog::getSaveFileName(
        parent, title, QString(report.model).replace(QLatin1Char('/'), QLatin1Char('-')) + QStringLiteral("-comparison") + suffix,
        QStringLiteral("*") + suffix);
    if (path.isEmpty())
        return;
    if (!path.endsWith(suffix, Qt::CaseInsensitive))
        path += suffix;
    if (const QString problem = saveComparison(report, format, path); !problem.isEmpty())
        QMessageBox::warning(parent, title, problem);
}

}  // namespace halftone::app
