// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/page.h"

#include <QList>

namespace halftone::app {

class ExpertBar;
class ExploreCard;

/// Looks into the selected tensors: histogram with the chosen format's levels, all layers of the role, error against bits
/// and the matrix itself. Every card computes its picture in jobs; the newest selection wins.
class ExplorePage : public Page {
    Q_OBJECT
public:
    explicit ExplorePage(Workspace& workspace, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    void onRecipeChanged();
    void clear(const QString& sentence);

    ExpertBar* m_experts;
    QList<ExploreCard*> m_cards;
    bool m_stale = true;  ///< something changed while the page was hidden
};

}  // namespace halftone::app
