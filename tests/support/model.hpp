// A contract against a plain model of it, over random operations.
//
// A family of operations is a type:
//
//   struct Trial {                     // a fresh contract in a fresh world, and its model
//       using Operation = ...;         // a value: all that one step needs, drawn beforehand
//       static Operation draw(model::Random& random);
//       static std::vector<Operation> alphabet();             // for expect_exhaustive
//       static std::string show(const Operation& operation);
//       /// Does one step to both and compares them: what is different, or nothing.
//       std::optional<std::string> apply(const Operation& operation);
//       /// Optional: std::tie of all that `apply` changes, Worlds (support/snapshot.hpp) and
//       /// values. Then an exhaustive search steps back instead of beginning anew.
//       auto parts();
//   };
//
// An operation that makes no sense where it stands is no mistake: both sides refuse it. So any part
// of a sequence is a sequence again, and one that fails can be shrunk by leaving steps out.
//
// The environment lengthens a run: PLUME_MODEL_OPERATIONS says how many operations (`make model`),
// PLUME_MODEL_SEED which ones, and PLUME_MODEL_DEEP=1 asks for the longest sequences. What was
// tried is printed. A failure prints the seed and the shortest sequence found.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace plume::model {

/// The same numbers on every machine; drawn from by `random() % n`.
using Random = std::mt19937_64;

struct Plan {
    uint64_t operations = 20'000;  ///< in all, unless the environment says otherwise
    uint64_t life = 200;           ///< how many a contract sees before a new one begins
    uint64_t seed = 20'260'801;
};

/// A sequence of operations that a contract and its model disagree about.
struct Disagreement {
    uint64_t seed = 0;
    size_t drawn_length = 0;
    std::string what;                ///< after the last step
    std::vector<std::string> steps;  ///< shortened
};

/// For `EXPECT_EQ(find..., std::nullopt) << text`.
std::string describe(const Disagreement& found);
/// The number in an environment variable, or `otherwise`.
uint64_t number_from_environment(const char* name, uint64_t otherwise);

namespace detail {

/// How far a sequence gets: what is wrong after which step.
struct Failure {
    size_t length = 0;
    std::string what;
};

template <class Trial>
std::optional<Failure> run(const std::vector<typename Trial::Operation>& steps) {
    Trial trial;
    for (size_t i = 0; i < steps.size(); ++i)
        if (auto what = trial.apply(steps[i])) return Failure{i + 1, std::move(*what)};
    return std::nullopt;
}

template <class T>
struct Copy {
    T value;
    void restore(T& to) const { to = value; }
};

template <class T>
auto memory_of(T& part) {
    if constexpr (requires { snapshot_of(part); })
        return snapshot_of(part);
    else
        return Copy<T>{part};
}

/// Tries every step from where the trial stands, and every step after it; `steps` is how it came
/// there. What is wrong, if anything is.
template <class Trial>
std::optional<std::string> search(Trial& trial, size_t left,
                                  const std::vector<typename Trial::Operation>& alphabet,
                                  std::vector<typename Trial::Operation>& steps) {
    if (left == 0) return std::nullopt;
    auto parts = trial.parts();
    const auto memories =
        std::apply([](auto&... part) { return std::tuple{memory_of(part)...}; }, parts);
    for (const auto& letter : alphabet) {
        steps.push_back(letter);
        if (auto what = trial.apply(letter)) return what;
        if (auto what = search(trial, left - 1, alphabet, steps)) return what;
        steps.pop_back();
        [&]<size_t... i>(std::index_sequence<i...>) {
            (std::get<i>(memories).restore(std::get<i>(parts)), ...);
        }(std::make_index_sequence<std::tuple_size_v<decltype(parts)>>{});
    }
    return std::nullopt;
}

/// Leaves out runs of steps, long ones first, for as long as the rest still fails.
template <class Trial>
Disagreement shrink(std::vector<typename Trial::Operation> steps, Failure failure, uint64_t seed) {
    Disagreement out{.seed = seed, .drawn_length = failure.length};
    steps.resize(failure.length);
    constexpr size_t attempts_max = 5'000;
    size_t attempts = 0;
    for (size_t width = steps.size() / 2; width > 0;) {
        bool is_shorter = false;
        for (size_t at = 0; at + width <= steps.size() && attempts < attempts_max; ++attempts) {
            auto without = steps;
            const auto begin = without.begin() + static_cast<std::ptrdiff_t>(at);
            without.erase(begin, begin + static_cast<std::ptrdiff_t>(width));
            if (auto still = run<Trial>(without)) {
                without.resize(still->length);
                steps = std::move(without);
                failure = std::move(*still);
                is_shorter = true;
            } else {
                at += width;
            }
        }
        if (!is_shorter || width > steps.size()) width /= 2;
    }
    out.what = failure.what;
    for (const auto& step : steps) out.steps.push_back(Trial::show(step));
    return out;
}

}  // namespace detail

/// Draws lives until the plan's operations are used up; the first disagreement, shrunk.
template <class Trial>
std::optional<Disagreement> find_disagreement(const Plan& plan) {
    const uint64_t seed = number_from_environment("PLUME_MODEL_SEED", plan.seed);
    const uint64_t count = number_from_environment("PLUME_MODEL_OPERATIONS", plan.operations);
    Random random(seed);
    for (uint64_t done = 0; done < count;) {
        Trial trial;
        std::vector<typename Trial::Operation> steps;
        for (uint64_t i = 0; i < plan.life && done < count; ++i, ++done) {
            steps.push_back(Trial::draw(random));
            if (auto what = trial.apply(steps.back()))
                return detail::shrink<Trial>(steps, {steps.size(), std::move(*what)}, seed);
        }
    }
    return std::nullopt;
}

/// Tries every sequence of `length` steps of the family's alphabet; a failing beginning is not
/// tried again with other ends.
template <class Trial>
std::optional<Disagreement> find_exhaustively(size_t length) {
    const std::vector<typename Trial::Operation> alphabet = Trial::alphabet();
    if constexpr (requires(Trial trial) { trial.parts(); }) {
        Trial trial;
        std::vector<typename Trial::Operation> found;
        if (auto what = detail::search(trial, length, alphabet, found))
            return detail::shrink<Trial>(found, {found.size(), std::move(*what)}, 0);
        return std::nullopt;
    }
    std::vector<size_t> choice(length, 0);
    for (;;) {
        std::vector<typename Trial::Operation> steps;
        for (const size_t letter : choice) steps.push_back(alphabet[letter]);
        if (auto failure = detail::run<Trial>(steps))
            return detail::shrink<Trial>(steps, std::move(*failure), 0);
        size_t at = length;
        while (at > 0 && ++choice[at - 1] == alphabet.size()) choice[--at] = 0;
        if (at == 0) return std::nullopt;
    }
}

/// The test that no disagreement is found.
template <class Trial>
void expect_random(const Plan& plan = {}) {
    const auto found = find_disagreement<Trial>(plan);
    EXPECT_FALSE(found.has_value()) << (found ? describe(*found) : "");
    std::cout << number_from_environment("PLUME_MODEL_OPERATIONS", plan.operations)
              << " operations of seed " << number_from_environment("PLUME_MODEL_SEED", plan.seed)
              << '\n';
}
/// The same for all sequences of `length` steps, or of `deep` in `make model`.
template <class Trial>
void expect_exhaustive(size_t length, size_t deep) {
    const bool is_deep = number_from_environment("PLUME_MODEL_DEEP", 0) != 0;
    const size_t chosen = is_deep ? deep : length;
    const auto found = find_exhaustively<Trial>(chosen);
    EXPECT_FALSE(found.has_value()) << (found ? describe(*found) : "");
    std::cout << "every sequence of " << chosen << " of " << Trial::alphabet().size()
              << " steps was tried\n";
}

/// The test of a planted fault: that one is found, within the plan's own number of operations.
template <class Trial>
void expect_caught(const Plan& plan = {}) {
    const auto found = find_disagreement<Trial>(plan);
    EXPECT_TRUE(found.has_value()) << "a wrong contract was taken for a right one";
}

}  // namespace plume::model
