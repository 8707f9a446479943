// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/page.h"
#include "app/window/settings.h"

#include <memory>
#include <vector>

class QHBoxLayout;
class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace halftone::model {
class Model;
}

namespace halftone::app {

class Card;
class Lesson;
class LessonList;
struct Material;

/// Quantization explained in short lessons, each with a live figure on the weights of the selected tensor, or of the largest matrix. A
/// sample of the weights is read in a job; everything else follows from it at once.
class LearnPage : public Page {
    Q_OBJECT
public:
    explicit LearnPage(Workspace& workspace, QWidget* parent = nullptr);
    ~LearnPage() override;

    bool worksWithoutModel() const override { return true; }
    int lessonCount() const { return int(m_lessons.size()); }
    int lesson() const;
    void showLesson(int lesson);
    const Lesson& current() const { return *m_lessons[std::size_t(lesson())]; }
    /// What stands in place of the figure; empty while there is one.
    QString message() const;

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* buildInvitation();
    QWidget* buildLessons();
    Card* buildList();
    Card* buildMiddle();
    Card* buildKnobs();
    QWidget* buildButtons();
    void restoreVisited();

    void refresh();
    void read(int tensor);
    void onLessonChanged();
    void drawLesson();
    void say(const QString& sentence);
    void tryIt();
    void step(int by);
    void noteVisit();
    void arrange();
    int subject() const;  ///< index of the tensor to look at; -1: the model has none

    std::vector<std::unique_ptr<Lesson>> m_lessons;
    Settings m_settings;
    std::shared_ptr<const Material> m_material;
    std::weak_ptr<const model::Model> m_model;  ///< these two: whose weights are shown, or being read
    int m_tensor = -1;
    bool m_stale = true;  ///< something changed while the page was hidden

    QStackedWidget* m_pages;  ///< invitation, lessons
    Card* m_listCard;
    LessonList* m_list;
    QComboBox* m_chooser;  ///< in place of the list where the page is narrow
    QLabel* m_title;
    QLabel* m_sentences;
    QHBoxLayout* m_stage;  ///< the figure, and the knobs where the page is narrow
    QWidget* m_figures;  ///< of all lessons, and the message; one is shown
    QLabel* m_message;
    QLabel* m_note;
    QPushButton* m_back;
    QPushButton* m_next;
    QPushButton* m_try;
    Card* m_knobCard;
    QWidget* m_panels;  ///< of all lessons; one is shown
};

}  // namespace halftone::app
