// SPDX-License-Identifier: Apache-2.0
#include "core/plan/knapsack_search.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <tuple>

namespace halftone::plan::knapsack {
namespace {

constexpr std::size_t kMaxWork = 6'000'000;  ///< states made in one search, a fraction of a second
constexpr std::size_t kFewestStates = 256;

// An option's regret is how much its loss + price * weight is above that of the relaxation's option. A pick that weighs
// `weight` more than the relaxation loses (its regrets) + price * (slack - weight) more than the Lagrangian bound, so any
// pick better than the best known has regrets below the gap between the two.

/// An option other than the relaxation's, relative to it.
struct Move {
    std::uint32_t option;
    double weight, regret;
};
struct OpenGroup {
    std::uint32_t group;
    std::vector<Move> moves;  ///< the first keeps the relaxation's option
    double lightest = 0, heaviest = 0;
};

/// Choices for the groups so far.
struct State {
    double weight, regret;
    std::uint32_t trace;
};
/// The last choice of a state and the trace of those before it.
struct Trace {
    std::uint32_t before;
    std::uint32_t option;
};
constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

class Search {
public:
    Search(const Groups& groups, const Relaxation& relaxation, std::vector<std::uint32_t>& best)
        : m_relaxation(relaxation),
          m_best(best),
          m_gap(excess(groups, best))
    {
        for (std::uint32_t g = 0; g < groups.size(); ++g)
            open(groups[g], g);
        // Coarse choices first: what is left can then fill the gaps, and the bounds on it are tight.
        std::ranges::stable_sort(m_open, std::greater(), [](const OpenGroup& g) { return g.heaviest - g.lightest; });
        std::size_t moves = 0;
        for (const OpenGroup& group : m_open)
            moves += group.moves.size();
        m_mostStates = std::max(kFewestStates, kMaxWork / std::max<std::size_t>(1, moves));
    }

    bool run()
    {
        double lightest = 0, heaviest = 0;  // of the groups to come
        for (const OpenGroup& group : m_open) {
            lightest += group.lightest;
            heaviest += group.heaviest;
        }
        std::vector<State> states{{0, 0, kNone}};
        for (std::size_t i = 0; i < m_open.size() && !states.empty(); ++i) {
            lightest -= m_open[i].lightest;
            heaviest -= m_open[i].heaviest;
            states = undominated(extended(states, m_open[i], lightest, heaviest));
            thin(states);
            record(states);
            noteBest(states, i + 1);
        }
        return m_exact;
    }

private:
    /// Of a pick's loss over the Lagrangian bound.
    double excess(const Groups& groups, const std::vector<std::uint32_t>& pick) const
    {
        double weight = 0, loss = 0;
        for (std::size_t g = 0; g < groups.size(); ++g) {
            const Option &option = groups[g][pick[g]], &reference = groups[g][m_relaxation.options[g]];
            weight += option.weight - reference.weight;
            loss += option.loss - reference.loss;
        }
        return loss + m_relaxation.price * m_relaxation.slack;
    }

    void open(const std::vector<Option>& options, std::uint32_t g)
    {
        const std::uint32_t kept = m_relaxation.options[g];
        OpenGroup group{.group = g, .moves = {{kept, 0, 0}}};
        for (std::uint32_t i = 0; i < options.size(); ++i) {
            const double weight = options[i].weight - options[kept].weight;
            const double regret = std::max(0.0, options[i].loss - options[kept].loss + m_relaxation.price * weight);
            if (i == kept || regret >= m_gap)
                continue;
            group.moves.push_back({i, weight, regret});
            group.lightest = std::min(group.lightest, weight);
            group.heaviest = std::max(group.heaviest, weight);
        }
        if (group.moves.size() > 1)
            m_open.push_back(std::move(group));
    }

    /// Every state with every move, save those that cannot end within the limit or below the best known.
    std::vector<State> extended(const std::vector<State>& states, const OpenGroup& group, double lightest, double heaviest)
    {
        std::vector<State> next;
        m_choices.clear();
        for (const State& state : states) {
            for (const Move& move : group.moves) {
                const double weight = state.weight + move.weight, regret = state.regret + move.regret;
                const double unused = std::max(0.0, m_relaxation.slack - weight - heaviest);
                if (weight + lightest > m_relaxation.slack || regret + m_relaxation.price * unused >= m_gap)
                    continue;
                next.push_back({weight, regret, std::uint32_t(m_choices.size())});
                m_choices.push_back({state.trace, move.option});
            }
        }
        return next;
    }

    double relativeLoss(const State& state) const { return state.regret - m_relaxation.price * state.weight; }

    /// From light to heavy, each losing less than all lighter ones.
    std::vector<State> undominated(std::vector<State> states) const
    {
        std::ranges::sort(states, {}, [&](const State& s) { return std::tuple(s.weight, s.regret, s.trace); });
        std::vector<State> kept;
        for (const State& state : states)
            if (kept.empty() || relativeLoss(state) < relativeLoss(kept.back()))
                kept.push_back(state);
        return kept;
    }

    void thin(std::vector<State>& states)
    {
        if (states.size() <= m_mostStates)
            return;
        m_exact = false;
        const auto order = [](const State& s) { return std::tuple(s.regret, s.trace); };
        std::ranges::nth_element(states, states.begin() + std::ptrdiff_t(m_mostStates), {}, order);
        states.resize(m_mostStates);
        std::ranges::sort(states, {}, &State::weight);
    }

    /// Keeps the way to the states that are left.
    void record(std::vector<State>& states)
    {
        for (State& state : states) {
            m_traces.push_back(m_choices[state.trace]);
            state.trace = std::uint32_t(m_traces.size() - 1);
        }
    }

    /// A state is a whole pick when the groups to come keep the relaxation's options.
    void noteBest(const std::vector<State>& states, std::size_t groups)
    {
        const State* better = nullptr;
        for (const State& state : states) {
            const double excess = state.regret + m_relaxation.price * (m_relaxation.slack - state.weight);
            if (state.weight <= m_relaxation.slack && excess < m_gap) {
                m_gap = excess;
                better = &state;
            }
        }
        if (!better)
            return;
        m_best = m_relaxation.options;
        for (std::uint32_t trace = better->trace; trace != kNone; trace = m_traces[trace].before)
            m_best[m_open[--groups].group] = m_traces[trace].option;
    }

    const Relaxation& m_relaxation;
    std::vector<std::uint32_t>& m_best;
    double m_gap;
    std::vector<OpenGroup> m_open;
    std::size_t m_mostStates = 0;
    bool m_exact = true;
    std::vector<Trace> m_choices;  ///< of the states being made
    std::vector<Trace> m_traces;
};

}  // namespace

bool improve(const Groups& groups, const Relaxation& relaxation, std::vector<std::uint32_t>& best)
{
    return Search(groups, relaxation, best).run();
}

}  // namespace halftone::plan::knapsack
