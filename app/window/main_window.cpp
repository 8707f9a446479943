// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window.h"

#include "app/compare/compare_page.h"
#include "app/evaluate/evaluate_page.h"
#include "app/explore/explore_page.h"
#include "app/difference/difference_window.h"
#include "app/jobs/job_manager.h"
#include "app/learn/learn_page.h"
#include "app/plan/plan_page.h"
#include "app/widgets/icons.h"
#include "app/widgets/theme.h"
#include "app/window/devices_dialog.h"
#include "app/window/inspector.h"
#include "app/window/jobs_panel.h"
#include "app/window/log_view.h"
#include "app/window/recipe_strip.h"
#include "app/window/start_page.h"
#include "app/window/status_line.h"
#include "app/window/tensor_tree.h"
#include "app/window/top_bar.h"
#include "core/base/file.h"
#include "core/base/system.h"
#include "core/model/model.h"

#include <QCloseEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace halftone::app {
namespace {

constexpr QSize kFirstSize(1440, 900);
constexpr QSize kSmallestSize(1060, 640);
constexpr int kTreeWidth = 262;
constexpr int kInspectorWidth = 264;

/// The local file dragged here, if it is exactly one.
QString draggedFile(const QMimeData& data)
{
    const auto urls = data.urls();
    return urls.size() == 1 && urls.first().isLocalFile() ? urls.first().toLocalFile() : QString();
}

}  // namespace

MainWindow::MainWindow(QWidget* parent) : QMainWindow(parent), m_workspace(std::make_unique<Workspace>())
{
    setWindowTitle(tr("Halftone"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/halftone.svg")));
    setAcceptDrops(true);
    setMinimumSize(kSmallestSize);
    resize(kFirstSize);
    buildActions();
    buildPages();
    buildMenus();
    buildLayout();
    connectWorkspace();
    restoreLayout();
    onModelChanged();
}

MainWindow::~MainWindow()
{
    // The screens listen to the workspace and use it to the last; they go first.
    m_workspace->disconnect(this);
    qDeleteAll(findChildren<DifferenceWindow*>());
    qDeleteAll(findChildren<DevicesDialog*>());
    delete takeCentralWidget();
    setStatusBar(nullptr);
}

void MainWindow::buildPages()
{
    const auto add = [this](const QString& key, const QString& title, Page* page) {
        connect(page, &Page::goToPage, this, &MainWindow::showPage);
        m_screens.append({key, title, page});
    };
    add(QStringLiteral("explore"), tr("Explore"), new ExplorePage(*m_workspace, this));
    add(QStringLiteral("plan"), tr("Plan"), new PlanPage(*m_workspace, this));
    add(QStringLiteral("compare"), tr("Compare"), new ComparePage(*m_workspace, this));
    add(QStringLiteral("evaluate"), tr("Evaluate"), new EvaluatePage(*m_workspace, this));
    add(QStringLiteral("learn"), tr("Learn"), new LearnPage(*m_workspace, this));
    for (int i = 0; i < m_screens.size(); ++i) {
        auto* action = new QAction(m_screens[i].title, this);
        action->setShortcut(QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + i)));
        connect(action, &QAction::triggered, this, [this, key = m_screens[i].key] { showPage(key); });
        QWidget::addAction(action);
    }
}

void MainWindow::buildLayout()
{
    QStringList titles;
    for (const Screen& screen : m_screens)
        titles << screen.title;
    auto* central = new QWidget(this);
    m_topBar = new TopBar(m_actions, m_openMenu, m_moreMenu, titles, central);
    m_topBar->setDevice(QStringLiteral("CPU · %1").arg(QString::fromStdString(systemInfo().simd)), tr("The CPU computes with its widest instructions; the status bar says what else computes"));
    m_strip = new RecipeStrip(*m_workspace, m_actions.quantize, central);
    m_errorBar = new QFrame(central);
    m_errorBar->setProperty("warning", true);
    m_errorBar->setObjectName(QStringLiteral("errorBar"));
    m_errorText = new QLabel(m_errorBar);
    m_errorText->setObjectName(QStringLiteral("errorText"));
    m_errorText->setTextFormat(Qt::PlainText);
    m_errorText->setWordWrap(true);
    m_errorText->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* dismiss = new QToolButton(m_errorBar);
    dismiss->setIcon(tintedIcon(QStringLiteral("close")));
    dismiss->setAccessibleName(tr("Dismiss"));
    dismiss->setToolTip(tr("Dismiss"));
    connect(dismiss, &QToolButton::clicked, m_errorBar, &QWidget::hide);
    auto* errorLayout = new QHBoxLayout(m_errorBar);
    errorLayout->setContentsMargins(12, 6, 8, 6);
    errorLayout->addWidget(m_errorText, 1);
    errorLayout->addWidget(dismiss, 0, Qt::AlignTop);
    m_errorBar->hide();

    m_tree = new TensorTree(*m_workspace, central);
    m_inspector = new Inspector(*m_workspace, central);
    m_stack = new QStackedWidget(central);
    m_start = new StartPage(m_actions.open, m_actions.openSample, m_stack);
    m_stack->addWidget(m_start);
    for (const Screen& screen : m_screens) {
        screen.page->setContentsMargins(0, 0, 0, 0);
        m_stack->addWidget(screen.page);
    }
    m_splitter = new QSplitter(Qt::Horizontal, central);
    m_splitter->setProperty("frame", true);
    m_splitter->setHandleWidth(1);
    m_splitter->addWidget(m_tree);
    m_splitter->addWidget(m_stack);
    m_splitter->addWidget(m_inspector);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setChildrenCollapsible(false);
    m_tree->setMinimumWidth(244);
    m_inspector->setMinimumWidth(224);
    m_splitter->setSizes({kTreeWidth, kFirstSize.width() - kTreeWidth - kInspectorWidth, kInspectorWidth});

    m_jobsPanel = new JobsPanel(m_workspace->jobs(), central);
    m_log = new LogView(central);
    m_log->setFixedHeight(150);
    m_log->hide();
    m_status = new StatusLine(*m_workspace, m_actions.devices, m_actions.showLog, this);
    setStatusBar(m_status);

    auto* layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    for (QWidget* widget : {static_cast<QWidget*>(m_topBar), static_cast<QWidget*>(m_strip), static_cast<QWidget*>(m_errorBar)})
        layout->addWidget(widget);
    layout->addWidget(m_splitter, 1);
    layout->addWidget(m_jobsPanel);
    layout->addWidget(m_log);
    setCentralWidget(central);
}

void MainWindow::connectWorkspace()
{
    connect(m_topBar, &TopBar::pageChosen, this, [this](int index) { showPage(m_screens[index].key); });
    connect(m_tree, &TensorTree::tensorActivated, this, [this] { showPage(QStringLiteral("explore")); });
    connect(m_start, &StartPage::recentChosen, this, &MainWindow::openPath);
    connect(m_start, &StartPage::continueChosen, this, &MainWindow::continueUnfinished);
    connect(m_start, &StartPage::removeChosen, this, &MainWindow::removeUnfinished);
    connect(m_actions.showTree, &QAction::toggled, this, [this](bool on) { m_tree->setVisible(on && m_workspace->model()); });
    connect(m_actions.showInspector, &QAction::toggled, this, [this](bool on) { m_inspector->setVisible(on && m_workspace->model()); });
    connect(m_actions.showLog, &QAction::toggled, m_log, &QWidget::setVisible);
    connect(m_workspace.get(), &Workspace::modelChanged, this, &MainWindow::onModelChanged);
    connect(m_workspace.get(), &Workspace::openFailed, this, &MainWindow::showError);
    connect(m_workspace.get(), &Workspace::importanceChanged, this, &MainWindow::onImportanceRestored);
    connect(m_workspace.get(), &Workspace::message, this, [this](const QString& line) { m_log->info(line); });
    connect(m_status, &StatusLine::deviceChanged, this, [this](const QString& line) { m_log->info(line); });
    auto& jobs = m_workspace->jobs();
    connect(&jobs, &JobManager::jobFailed, this, [this](JobId, const QString& title, const QString& reason) { m_log->warn(QStringLiteral("%1: %2").arg(title, reason)); });
}

void MainWindow::onModelChanged()
{
    const auto model = m_workspace->model();
    const bool open = bool(model);
    m_awaitsImportance.clear();
    m_tree->setVisible(open && m_actions.showTree->isChecked());
    m_inspector->setVisible(open && m_actions.showInspector->isChecked());
    for (QAction* action : {m_actions.saveRecipe, m_actions.loadRecipe, m_actions.close, m_actions.quantize, m_actions.compareFiles, m_actions.recipeMenu, m_actions.filter})
        action->setEnabled(open);
    if (open) {
        m_errorBar->hide();
        const QString path = QString::fromStdString(toUtf8(m_workspace->path()));
        m_settings.addRecent(path, model->fileBytes());
        constexpr int kWidestName = 800;   // pixels; a name from a file may have any length
        const QString name = fontMetrics().elidedText(QString::fromStdString(model->name()), Qt::ElideMiddle, kWidestName);
        setWindowTitle(tr("%1 – Halftone").arg(name));
        m_stack->setCurrentWidget(m_screens[m_screen].page);
    } else {
        setWindowTitle(tr("Halftone"));
        // The ways to open one; Learn, which has something to say without a model, is one click away.
        m_stack->setCurrentWidget(m_start);
    }
    refreshRecent();
    if (const auto file = std::exchange(m_continued, std::nullopt); file && open)
        showContinued(*file);
}

QStringList MainWindow::pageKeys() const
{
    QStringList keys;
    for (const Screen& screen : m_screens)
        keys << screen.key;
    return keys;
}

void MainWindow::showPage(const QString& key)
{
    const auto screen = std::ranges::find(m_screens, key, &Screen::key);
    if (screen == m_screens.end())
        return;
    m_screen = int(screen - m_screens.begin());
    m_topBar->setPage(m_screen);
    const bool works = m_workspace->model() || screen->page->worksWithoutModel();
    m_stack->setCurrentWidget(works ? static_cast<QWidget*>(screen->page) : m_start);
}

void MainWindow::openPath(const QString& path)
{
    m_errorBar->hide();
    m_workspace->open(fromUtf8(path.toStdString()));
}

void MainWindow::showError(const QString& file, const QString& reason)
{
    m_continued.reset();
    m_settings.removeRecent(file);
    refreshRecent();
    showProblem(QStringLiteral("%1: %2").arg(file, reason));
    onImportanceRestored();
}

void MainWindow::showProblem(const QString& sentence)
{
    m_errorText->setText(sentence);
    m_errorBar->show();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (!draggedFile(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    openPath(draggedFile(*event->mimeData()));
    event->acceptProposedAction();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    rememberLayout();
    event->accept();
}

void MainWindow::rememberLayout()
{
    m_settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    m_settings.setValue(QStringLiteral("window/splitter"), m_splitter->saveState());
    m_settings.setValue(QStringLiteral("window/tree"), m_actions.showTree->isChecked());
    m_settings.setValue(QStringLiteral("window/inspector"), m_actions.showInspector->isChecked());
    m_settings.setValue(QStringLiteral("window/log"), m_actions.showLog->isChecked());
    m_settings.setValue(QStringLiteral("window/page"), m_screens[m_screen].key);
}

void MainWindow::restoreLayout()
{
    const auto value = [this](const char* key) { return m_settings.value(QStringLiteral("window/") + QLatin1String(key)); };
    restoreGeometry(value("geometry").toByteArray());
    m_splitter->restoreState(value("splitter").toByteArray());
    m_actions.showTree->setChecked(value("tree").isNull() || value("tree").toBool());
    m_actions.showInspector->setChecked(value("inspector").isNull() || value("inspector").toBool());
    m_actions.showLog->setChecked(value("log").toBool());
    showPage(value("page").toString());
}

}  // namespace halftone::app
