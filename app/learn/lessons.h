// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/learn/lesson.h"

#include <memory>
#include <vector>

namespace halftone::app {

// One function and one file for each lesson.
std::unique_ptr<Lesson> makeNumberLineLesson();
std::unique_ptr<Lesson> makeAffineLesson();
std::unique_ptr<Lesson> makeGranularityLesson();
std::unique_ptr<Lesson> makeAnatomyLesson();
std::unique_ptr<Lesson> makeOutlierLesson();
std::unique_ptr<Lesson> makeCodeBookLesson();
std::unique_ptr<Lesson> makeFeedbackLesson();
std::unique_ptr<Lesson> makeEntropyLesson();

/// All of them, in their order.
std::vector<std::unique_ptr<Lesson>> makeLessons();

}  // namespace halftone::app
