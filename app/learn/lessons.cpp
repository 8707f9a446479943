// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/lessons.h"

namespace halftone::app {

std::vector<std::unique_ptr<Lesson>> makeLessons()
{
    std::vector<std::unique_ptr<Lesson>> lessons;
    for (auto* make : {makeNumberLineLesson, makeAffineLesson, makeGranularityLesson, makeAnatomyLesson, makeOutlierLesson,
                       makeCodeBookLesson, makeFeedbackLesson, makeEntropyLesson})
        lessons.push_back(make());
    return lessons;
}

}  // namespace halftone::app
