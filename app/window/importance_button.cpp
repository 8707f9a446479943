// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/importance_button.h"

#include "app/window/workspace.h"
#include "core/base/file.h"
#include "core/plan/importance.h"

#include <QFileDialog>
#include <QMenu>

namespace halftone::app {

ImportanceButton::ImportanceButton(Workspace& workspace, QWidget* parent) : QToolButton(parent), m_workspace(workspace)
{
    setObjectName(QStringLiteral("importanceButton"));
    setPopupMode(QToolButton::InstantPopup);
    setFocusPolicy(Qt::StrongFocus);
    setToolTip(tr("An importance matrix tells the quantizer which columns a text makes work hard. It costs nothing in size and helps most at few bits; the smallest types need one."));
    buildMenu();
    connect(&workspace, &Workspace::importanceChanged, this, &ImportanceButton::refresh);
    refresh();
}

void ImportanceButton::buildMenu()
{
    auto* menu = new QMenu(this);
    if (const auto sample = Workspace::samplePath(); !sample.empty())
        menu->addAction(tr("Make one from the bundled text"), this, [this, text = sample.parent_path() / "calibration.txt"] { m_workspace.makeImportance(text); });
    menu->addAction(tr("Make one from a text..."), this, &ImportanceButton::makeFromText);
    menu->addAction(tr("Open..."), this, &ImportanceButton::openFile);
    menu->addSeparator();
    QAction* none = menu->addAction(tr("None"), this, [this] { m_workspace.setImportance(nullptr); });
    connect(menu, &QMenu::aboutToShow, this, [this, none] { none->setEnabled(bool(m_workspace.importance())); });
    setMenu(menu);
}

void ImportanceButton::refresh()
{
    const auto importance = m_workspace.importance();
    QString source;
    if (importance)
        source = QString::fromStdString(!importance->file.empty() ? importance->file : importance->datasets.empty() ? std::string() : importance->datasets.front());
    setText(!importance ? tr("no importance matrix") : source.isEmpty() ? tr("importance matrix") : tr("importance: %1").arg(source));
    setAccessibleName(text());
}

void ImportanceButton::makeFromText()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Text like those the model will be used for"), {}, tr("Text (*.txt *.md);;All files (*)"));
    if (!file.isEmpty())
        m_workspace.makeImportance(fromUtf8(file.toStdString()));
}

void ImportanceButton::openFile()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Importance matrix"), {}, tr("Importance matrices (*.gguf *.imatrix *.dat);;All files (*)"));
    if (!file.isEmpty())
        m_workspace.readImportance(fromUtf8(file.toStdString()));
}

}  // namespace halftone::app
