// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/settings.h"
#include "app/window/window_actions.h"
#include "app/window/workspace.h"

#include <QMainWindow>
#include <QStringList>

#include <optional>

class QFrame;
class QLabel;
class QMenu;
class QSplitter;
class QStackedWidget;

namespace halftone::app {

class Inspector;
class JobsPanel;
class LogView;
class Page;
class RecipeStrip;
class StartPage;
class StatusLine;
class TensorTree;
class TopBar;
enum class Scheme;

/// The window: it owns the workspace and all screens, and wires them to each other only through the workspace.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(QWidget* parent = nullptr);
    ~MainWindow() override;

    Workspace& workspace() { return *m_workspace; }
    /// Keys of the screens in their order: "explore", "plan", ...
    QStringList pageKeys() const;
    void showPage(const QString& key);
    void openPath(const QString& path);
    const WindowActions& actions() const { return m_actions; }

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    void buildActions();
    void buildFileActions();
    void buildViewActions();
    QAction* addAction(const QString& text, const QKeySequence& shortcut, void (MainWindow::*slot)());
    void buildMenus();
    void buildOpenMenu();
    void buildMoreMenu();
    void buildPages();
    void buildLayout();
    void connectWorkspace();

    void onModelChanged();
    void refreshRecent();
    void refreshUnfinished();
    void continueUnfinished(const UnfinishedFile& file);
    void showContinued(const UnfinishedFile& file);
    void onImportanceRestored();
    void removeUnfinished(const UnfinishedFile& file);
    void showError(const QString& file, const QString& reason);
    void showProblem(const QString& sentence);
    void rememberLayout();
    void restoreLayout();

    void chooseModel();
    void chooseFolder();
    void openSample();
    void closeModel();
    void saveRecipe();
    void loadRecipe();
    void quantize();
    void quantizeTo(const QString& destination);
    void showDifferences();
    void showDevices();
    void showRecipeMenu();
    void focusFilter();
    void showShortcuts();
    void showAbout();
    void chooseScheme(Scheme scheme);
    void chooseLanguage(const QString& code);

    Settings m_settings;
    std::unique_ptr<Workspace> m_workspace;   ///< outlives the screens: they are deleted in the destructor's body
    WindowActions m_actions;
    QMenu* m_openMenu = nullptr;
    QMenu* m_moreMenu = nullptr;

    struct Screen {
        QString key, title;
        Page* page;
    };
    QList<Screen> m_screens;
    int m_screen = 0;
    std::optional<UnfinishedFile> m_continued;   ///< its source is being opened
    QString m_awaitsImportance;                  ///< a file to quantize to once the importance matrix is read; often empty

    TopBar* m_topBar = nullptr;
    RecipeStrip* m_strip = nullptr;
    QFrame* m_errorBar = nullptr;
    QLabel* m_errorText = nullptr;
    QSplitter* m_splitter = nullptr;
    TensorTree* m_tree = nullptr;
    QStackedWidget* m_stack = nullptr;
    StartPage* m_start = nullptr;
    Inspector* m_inspector = nullptr;
    JobsPanel* m_jobsPanel = nullptr;
    LogView* m_log = nullptr;
    StatusLine* m_status = nullptr;
};

}  // namespace halftone::app
