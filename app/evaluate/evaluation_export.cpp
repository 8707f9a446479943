// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/evaluation_export.h"

#include "core/evaluate/evaluation.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QMessageBox>
#include <QSaveFile>

namespace halftone::app {
namespace {

struct ExportText {
    Q_DECLARE_TR_FUNCTIONS(EvaluationExport)
};

std::string contentOf(const evaluate::Evaluation& evaluation, EvaluationFormat format)
{
    switch (format) {
    case EvaluationFormat::Csv: return evaluate::toCsv(evaluation);
    case EvaluationFormat::Json: return evaluate::toJson(evaluation);
    case EvaluationFormat::Html: return evaluate::toHtml(evaluation);
    }
    return {};
}

QString suffixOf(EvaluationFormat format)
{
    return format == EvaluationFormat::Csv ? QStringLiteral(".csv")
        : format == EvaluationFormat::Json ? QStringLiteral(".json")
                                           : QStringLiteral(".html");
}

}  // namespace

QString saveEvaluation(const evaluate::Evaluation& evaluation, EvaluationFormat format, const QString& path)
{
    const QByteArray content = QByteArray::fromStdString(contentOf(evaluation, format));
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(content) == content.size() && file.commit())
        return {};
    return ExportText::tr("The evaluation could not be saved as %1: %2").arg(path, file.errorString());
}

void exportEvaluation(QWidget* parent, const evaluate::Evaluation& evaluation, EvaluationFormat format)
{
    const QString suffix = suffixOf(format), title = ExportText::tr("Save evaluation");
    QString path = QFileDialog::getSaveFileName(parent, title,
                                                QString::fromStdString(evaluation.model).replace(QLatin1Char('/'), QLatin1Char('-'))
                                                    + QStringLiteral("-evaluation") + suffix,
                                                QStringLiteral("*") + suffix);
    if (path.isEmpty())
        return;
    if (!path.endsWith(suffix, Qt::CaseInsensitive))
        path += suffix;
    if (const QString problem = saveEvaluation(evaluation, format, path); !problem.isEmpty())
        QMessageBox::warning(parent, title, problem);
}

}  // namespace halftone::app
