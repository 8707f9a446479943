// SPDX-License-Identifier: GPL-3.0-or-later
// What the window's actions do, and the menus that hold them.
#include "app/window/main_window.h"

#include "app/difference/difference_window.h"
#include "app/jobs/job_manager.h"
#include "app/widgets/format_text.h"
#include "app/widgets/icons.h"
#include "app/widgets/theme.h"
#include "app/window/devices_dialog.h"
#include "app/window/quantize_dialog.h"
#include "app/window/recipe_strip.h"
#include "app/window/start_page.h"
#include "app/window/tensor_tree.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/write/journal.h"

#include <QActionGroup>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QSaveFile>

namespace halftone::app {
namespace {

QString recipeFilter()
{
    return MainWindow::tr("Recipes (*.json)");
}

/// Written whole or not at all.
void writeRecipe(const QString& path, const plan::Recipe& recipe)
{
    QSaveFile file(path);
    const std::string json = plan::toJson(recipe);
    if (!file.open(QIODevice::WriteOnly) || file.write(json.data(), qint64(json.size())) != qint64(json.size()) || !file.commit())
        throw Error(ErrorCode::System, {.problem = file.errorString().toStdString(), .file = path.toStdString()});
}

plan::Recipe readRecipe(const QString& path)
{
    constexpr qint64 kLargest = 16 << 20;   // no recipe is near that
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        throw Error(ErrorCode::System, {.problem = file.errorString().toStdString(), .file = path.toStdString()});
    if (file.size() > kLargest)
        throw Error(ErrorCode::Malformed, {.problem = "the file is too large for a recipe", .file = path.toStdString()});
    return plan::recipeFromJson(file.readAll().toStdString());
}

}  // namespace

QAction* MainWindow::addAction(const QString& text, const QKeySequence& shortcut, void (MainWindow::*slot)())
{
    auto* action = new QAction(text, this);
    action->setShortcut(shortcut);
    if (slot)
        connect(action, &QAction::triggered, this, slot);
    QWidget::addAction(action);   // its shortcut works wherever the focus is
    return action;
}

void MainWindow::buildActions()
{
    buildFileActions();
    buildViewActions();
}

void MainWindow::buildFileActions()
{
    m_actions.open = addAction(tr("Open a model…"), QKeySequence::Open, &MainWindow::chooseModel);
    m_actions.openFolder = addAction(tr("Open a model folder…"), Qt::CTRL | Qt::ALT | Qt::Key_O, &MainWindow::chooseFolder);
    m_actions.openSample = addAction(tr("Open the sample model"), Qt::CTRL | Qt::SHIFT | Qt::Key_O, &MainWindow::openSample);
    m_actions.close = addAction(tr("Close the model"), QKeySequence::Close, &MainWindow::closeModel);
    m_actions.saveRecipe = addAction(tr("Save recipe"), QKeySequence::Save, &MainWindow::saveRecipe);
    m_actions.saveRecipe->setToolTip(tr("Save the recipe to a file (Ctrl+S)"));
    m_actions.loadRecipe = addAction(tr("Load recipe"), Qt::CTRL | Qt::Key_L, &MainWindow::loadRecipe);
    m_actions.loadRecipe->setToolTip(tr("Load a recipe from a file (Ctrl+L)"));
    m_actions.quantize = addAction(tr("Quantize…"), Qt::CTRL | Qt::Key_E, &MainWindow::quantize);
    m_actions.compareFiles = addAction(tr("Differences to another model…"), Qt::CTRL | Qt::Key_D, &MainWindow::showDifferences);
    m_actions.devices = addAction(tr("Devices and speed…"), Qt::CTRL | Qt::SHIFT | Qt::Key_D, &MainWindow::showDevices);
    m_actions.quit = addAction(tr("Quit"), QKeySequence::Quit, nullptr);
    connect(m_actions.quit, &QAction::triggered, this, &QWidget::close);

    auto& stack = m_workspace->undoStack();
    m_actions.undo = stack.createUndoAction(this, tr("Undo"));
    m_actions.undo->setShortcut(QKeySequence::Undo);
    m_actions.undo->setIcon(tintedIcon(QStringLiteral("undo")));
    m_actions.redo = stack.createRedoAction(this, tr("Redo"));
    m_actions.redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    m_actions.redo->setIcon(tintedIcon(QStringLiteral("redo")));
    QWidget::addAction(m_actions.undo);
    QWidget::addAction(m_actions.redo);
}

void MainWindow::buildViewActions()
{
    m_actions.recipeMenu = addAction(tr("Choose a preset"), Qt::CTRL | Qt::Key_R, &MainWindow::showRecipeMenu);
    m_actions.filter = addAction(tr("Filter tensors"), QKeySequence::Find, &MainWindow::focusFilter);
    m_actions.showTree = addAction(tr("Tensors"), Qt::Key_F9, nullptr);
    m_actions.showInspector = addAction(tr("Inspector"), Qt::Key_F10, nullptr);
    m_actions.showLog = addAction(tr("Log"), Qt::Key_F12, nullptr);
    for (QAction* action : {m_actions.showTree, m_actions.showInspector, m_actions.showLog})
        action->setCheckable(true);
    m_actions.shortcuts = addAction(tr("Keyboard shortcuts"), Qt::CTRL | Qt::Key_F1, &MainWindow::showShortcuts);
    m_actions.about = addAction(tr("About Halftone"), QKeySequence::HelpContents, &MainWindow::showAbout);
}

void MainWindow::buildMenus()
{
    m_openMenu = new QMenu(this);
    connect(m_openMenu, &QMenu::aboutToShow, this, &MainWindow::buildOpenMenu);
    buildOpenMenu();
    m_moreMenu = new QMenu(this);
    buildMoreMenu();
}

void MainWindow::buildOpenMenu()
{
    m_openMenu->clear();
    m_openMenu->addAction(m_actions.open);
    m_openMenu->addAction(m_actions.openFolder);
    m_openMenu->addAction(m_actions.openSample);
    const auto recent = m_settings.recent();
    if (!recent.isEmpty()) {
        m_openMenu->addSection(tr("Recent"));
        for (const RecentModel& model : recent) {
            auto* action = m_openMenu->addAction(QFileInfo(model.path).fileName().replace(QLatin1Char('&'), QLatin1String("&&")) + QLatin1Char('\t') + bytesText(model.bytes));
            action->setToolTip(model.path);
            connect(action, &QAction::triggered, this, [this, path = model.path] { openPath(path); });
        }
        m_openMenu->addAction(tr("Forget these"), this, [this] { m_settings.clearRecent(); refreshRecent(); });
    }
    m_openMenu->addSeparator();
    m_openMenu->addAction(m_actions.close);
    m_openMenu->addAction(m_actions.quit);
}

void MainWindow::buildMoreMenu()
{
    auto* view = m_moreMenu->addMenu(tr("Show"));
    for (QAction* action : {m_actions.showTree, m_actions.showInspector, m_actions.showLog})
        view->addAction(action);

    auto* themes = m_moreMenu->addMenu(tr("Theme"));
    auto* themeGroup = new QActionGroup(this);
    const QString scheme = m_settings.value(QStringLiteral("theme")).toString();
    const std::tuple<QString, QString, Scheme> kSchemes[] = {
        {tr("As the system"), QString(), Scheme::System}, {tr("Light"), QStringLiteral("light"), Scheme::Light}, {tr("Dark"), QStringLiteral("dark"), Scheme::Dark}};
    for (const auto& [title, key, value] : kSchemes) {
        auto* action = themes->addAction(title, this, [this, value = value] { chooseScheme(value); });
        action->setCheckable(true);
        action->setChecked(key == scheme);
        themeGroup->addAction(action);
    }

    auto* languages = m_moreMenu->addMenu(tr("Language"));
    auto* languageGroup = new QActionGroup(this);
    const QString language = m_settings.value(QStringLiteral("language")).toString();
    // Languages name themselves, so that whoever is lost finds the way back.
    const std::pair<QString, QString> kLanguages[] = {{tr("As the system"), QString()}, {QStringLiteral("Deutsch"), QStringLiteral("de")}, {QStringLiteral("English"), QStringLiteral("en")}};
    for (const auto& [title, code] : kLanguages) {
        auto* action = languages->addAction(title, this, [this, code = code] { chooseLanguage(code); });
        action->setCheckable(true);
        action->setChecked(code == language);
        languageGroup->addAction(action);
    }
    m_moreMenu->addSeparator();
    m_moreMenu->addAction(m_actions.compareFiles);
    m_moreMenu->addAction(m_actions.devices);
    m_moreMenu->addSeparator();
    m_moreMenu->addAction(m_actions.shortcuts);
    m_moreMenu->addAction(m_actions.about);
}

void MainWindow::refreshRecent()
{
    m_start->setRecent(m_settings.recent());
    refreshUnfinished();
}

/// In a job: a folder of these may be on a network that is gone.
void MainWindow::refreshUnfinished()
{
    using Left = QList<std::pair<UnfinishedFile, quint64>>;
    m_workspace->jobs().start(
        {.title = tr("Looking for unfinished files"), .tag = QStringLiteral("unfinished"), .shown = false}, this,
        [files = m_settings.unfinished()](Progress&) {
            Left left;
            for (const UnfinishedFile& file : files)
                if (const auto leftover = write::findLeftover(fromUtf8(file.destination.toStdString())))
                    left.append({file, leftover->bytes});
            return left;
        },
        [this](const Left& left) { m_start->setUnfinished(left); });
}

/// Opens the source; onModelChanged() goes on.
void MainWindow::continueUnfinished(const UnfinishedFile& file)
{
    m_continued = file;
    openPath(file.source);
}

/// With the importance matrix that it was written with, or what of it is finished is of no use: one from a file is read before the
/// dialog appears, one made of a text takes its time and is offered there.
void MainWindow::showContinued(const UnfinishedFile& file)
{
    try {
        m_workspace->setRecipe(plan::recipeFromJson(file.recipe.toStdString()), tr("continue"));
    } catch (const Error& error) {
        return showProblem(errorText(error));
    }
    if (file.importance.path.isEmpty() || file.importance.isText)
        return quantizeTo(file.destination);
    m_awaitsImportance = file.destination;
    m_workspace->restoreImportance(file.importance);
}

/// It was read, or cannot be: then the dialog says what is missing.
void MainWindow::onImportanceRestored()
{
    if (const QString destination = std::exchange(m_awaitsImportance, QString()); !destination.isEmpty() && m_workspace->model())
        quantizeTo(destination);
}

void MainWindow::removeUnfinished(const UnfinishedFile& file)
{
    m_workspace->jobs().start(
        {.title = tr("Removing what was left"), .shown = false}, this,
        [destination = file.destination](Progress&) {
            write::removeLeftover(fromUtf8(destination.toStdString()));
            return destination;
        },
        [this](const QString& destination) {
            m_settings.removeUnfinished(destination);
            refreshUnfinished();
        },
        [this](const Error& error) {
            showProblem(errorText(error));
            refreshUnfinished();
        });
}

void MainWindow::chooseModel()
{
    const QString folder = m_settings.value(QStringLiteral("folder")).toString();
    const QString path = QFileDialog::getOpenFileName(this, tr("Open a model"), folder, tr("Models (*.gguf *.safetensors config.json);;All files (*)"));
    if (path.isEmpty())
        return;
    m_settings.setValue(QStringLiteral("folder"), QFileInfo(path).path());
    openPath(path);
}

void MainWindow::chooseFolder()
{
    const QString path = QFileDialog::getExistingDirectory(this, tr("Open a model folder"), m_settings.value(QStringLiteral("folder")).toString());
    if (path.isEmpty())
        return;
    m_settings.setValue(QStringLiteral("folder"), QFileInfo(path).path());
    openPath(path);
}

void MainWindow::openSample()
{
    m_workspace->openSample();
}

void MainWindow::closeModel()
{
    m_workspace->close();
}

void MainWindow::saveRecipe()
{
    const QString folder = m_settings.value(QStringLiteral("recipeFolder")).toString();
    const QString name = QString::fromStdString(m_workspace->recipe().name).replace(QLatin1Char('/'), QLatin1Char('-'));
    QString path = QFileDialog::getSaveFileName(this, tr("Save recipe"), folder + QLatin1Char('/') + name + QStringLiteral(".json"), recipeFilter());
    if (path.isEmpty())
        return;
    if (QFileInfo(path).suffix().isEmpty())
        path += QStringLiteral(".json");
    m_settings.setValue(QStringLiteral("recipeFolder"), QFileInfo(path).path());
    m_workspace->jobs().start(
        {.title = tr("Saving the recipe"), .shown = false}, this, [path, recipe = m_workspace->recipe()](Progress&) { writeRecipe(path, recipe); return path; },
        [this](const QString& saved) { Q_EMIT m_workspace->message(tr("Saved the recipe to %1").arg(QFileInfo(saved).fileName())); }, [this, path](const Error& error) { showProblem(QStringLiteral("%1: %2").arg(path, errorText(error))); });
}

void MainWindow::loadRecipe()
{
    const QString path = QFileDialog::getOpenFileName(this, tr("Load recipe"), m_settings.value(QStringLiteral("recipeFolder")).toString(), recipeFilter());
    if (path.isEmpty())
        return;
    m_settings.setValue(QStringLiteral("recipeFolder"), QFileInfo(path).path());
    // A recipe that names types or patterns this model cannot take is refused here, before it becomes the open one.
    m_workspace->jobs().start(
        {.title = tr("Loading a recipe"), .tag = QStringLiteral("load recipe")}, this,
        [path, model = m_workspace->model()](Progress&) {
            auto recipe = readRecipe(path);
            if (recipe.name.empty())
                recipe.name = QFileInfo(path).completeBaseName().toStdString();
            plan::makePlan(*model, recipe);
            return recipe;
        },
        [this](const plan::Recipe& recipe) {
            m_workspace->setRecipe(recipe, tr("load %1").arg(QString::fromStdString(recipe.name)));
            for (const auto& remark : m_workspace->plan().remarks)
                Q_EMIT m_workspace->message(QString::fromStdString(remark));
        },
        [this, path](const Error& error) { showProblem(QStringLiteral("%1: %2").arg(path, errorText(error))); });
}

void MainWindow::quantize()
{
    quantizeTo({});
}

/// An empty destination: the proposed one.
void MainWindow::quantizeTo(const QString& destination)
{
    auto dialog = std::make_unique<QuantizeDialog>(*m_workspace, this);
    if (!destination.isEmpty())
        dialog->setDestination(destination);
    dialog->open();
    static_cast<void>(dialog.release());   // it deletes itself when closed
}

void MainWindow::showDifferences()
{
    auto window = std::make_unique<DifferenceWindow>(*m_workspace, this);
    window->show();
    window->chooseOther();
    static_cast<void>(window.release());   // it deletes itself when closed
}

void MainWindow::showDevices()
{
    auto* dialog = findChild<DevicesDialog*>();
    if (!dialog)
        dialog = new DevicesDialog(*m_workspace, this);  // it deletes itself when closed
    dialog->show();
    dialog->raise();
    dialog->activateWindow();
}

void MainWindow::showRecipeMenu()
{
    m_strip->openRecipeMenu();
}

void MainWindow::focusFilter()
{
    m_actions.showTree->setChecked(true);
    m_tree->focusFilter();
}

void MainWindow::chooseScheme(Scheme scheme)
{
    m_settings.setValue(QStringLiteral("theme"), scheme == Scheme::Dark ? QStringLiteral("dark") : scheme == Scheme::Light ? QStringLiteral("light") : QString());
    applyTheme(*qApp, scheme);
}

void MainWindow::chooseLanguage(const QString& code)
{
    m_settings.setValue(QStringLiteral("language"), code);
    QMessageBox::information(this, tr("Language"), tr("Halftone will use it from the next start on."));
}

void MainWindow::showShortcuts()
{
    QString rows;
    const auto row = [&rows](const QString& keys, const QString& meaning) {
        rows += QStringLiteral("<tr><td style='padding-right:24px'><b>%1</b></td><td>%2</td></tr>").arg(keys.toHtmlEscaped(), meaning.toHtmlEscaped());
    };
    for (const QAction* action : QWidget::actions())
        if (!action->shortcut().isEmpty())
            row(action->shortcut().toString(QKeySequence::NativeText), action == m_actions.undo ? tr("Undo") : action == m_actions.redo ? tr("Redo") : action->text());
    row(tr("2 3 4 5 6 8"), tr("bits of the selected tensors"));
    row(QStringLiteral("0"), tr("keep the source's type"));
    row(QStringLiteral("P"), tr("pin: presets leave it alone"));
    row(QStringLiteral("Alt+←  Alt+→"), tr("the lesson before, the next lesson"));
    QMessageBox box(QMessageBox::NoIcon, tr("Keyboard shortcuts"), QStringLiteral("<table cellpadding='3'>%1</table>").arg(rows), QMessageBox::NoButton, this);
    box.addButton(tr("Close"), QMessageBox::RejectRole);
    box.exec();
}

void MainWindow::showAbout()
{
    QMessageBox::about(this, tr("About Halftone"),
                       QStringLiteral("<h3>Halftone %1</h3><p>%2</p><p>%3</p><p>%4</p>")
                           .arg(QStringLiteral(HALFTONE_VERSION), tr("Shows what every bit of a language model costs."),
                                tr("A halftone print gives a continuous image with a few discrete tones. Quantization does that to weights."),
                                tr("Free software under the GNU General Public License, version 3 or later; its engine under the Apache License 2.0. Built with Qt %1.").arg(QLatin1String(qVersion()))));
}

}  // namespace halftone::app
