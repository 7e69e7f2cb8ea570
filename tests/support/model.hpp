// A contract against a plain model of it, over random operations.
//
// A family of operations is a type:
//
//   struct Trial {                     // a fresh contract in a fresh world, and its model
//       using Operation = ...;         // a value: all that one step needs, drawn beforehand
//       static Operation draw(model::Random& random);
//       static std::vector<Operation> alphabet();             // for expect_exhaustive
//       static std::string show(const Operation& operation);
//       /// Does one step to both and compares what it came to: what is different, or nothing.
//       std::optional<std::string> apply(const Operation& operation);
//       /// Optional: compares all books. Asked for after every step, or after every so many.
//       std::optional<std::string> compare();
//       /// Optional: std::tie of all that `apply` changes, Worlds (support/snapshot.hpp) and
//       /// values. Then an exhaustive search steps back instead of beginning anew, and where all
//       /// values have ==, it goes on only once from where several beginnings lead.
//       auto parts();
//   };
//
// An operation that makes no sense where it stands is no mistake: both sides refuse it. So any part
// of a sequence is a sequence again, and one that fails can be shrunk by leaving steps out.
//
// The environment lengthens a run: PLUME_MODEL_OPERATIONS says how many operations (`make model`),
// PLUME_MODEL_SEED which ones, PLUME_MODEL_LOOK after how many of them all books are compared;
// PLUME_MODEL_DEEP=1 asks for the longest sequences, or those of PLUME_MODEL_LENGTH. What was tried
// is printed; a failure prints the seed and the shortest sequence. Planted faults do not heed it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <concepts>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace plume::model {

/// The same numbers on every machine; drawn from by `random() % n`.
using Random = std::mt19937_64;

struct Plan {
    uint64_t operations = 20'000;  ///< in all
    uint64_t life = 200;           ///< how many a contract sees before a new one begins
    uint64_t seed = 20'260'801;
    /// All books are compared after so many operations of a life, and at its end. What is then
    /// different is looked for again with a comparison after each.
    uint64_t look = 1;
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
/// The plan, as the environment changes it.
Plan planned(Plan plan);

namespace detail {

/// How far a sequence gets: what is wrong after which step.
struct Failure {
    size_t length = 0;
    std::string what;
};

template <class Trial>
std::optional<std::string> compare(Trial& trial) {
    if constexpr (requires { trial.compare(); }) return trial.compare();
    return std::nullopt;
}
template <class Trial>
std::optional<std::string> apply(Trial& trial, const typename Trial::Operation& step) {
    auto what = trial.apply(step);
    return what ? what : compare(trial);
}

template <class Trial>
std::optional<Failure> run(const std::vector<typename Trial::Operation>& steps) {
    Trial trial;
    for (size_t i = 0; i < steps.size(); ++i)
        if (auto what = apply(trial, steps[i])) return Failure{i + 1, std::move(*what)};
    return std::nullopt;
}

template <class T>
struct Copy {
    T value;
    void restore(T& to) const { to = value; }
    /// That of what is compared in full.
    uint64_t digest() const { return 0; }
    friend bool operator==(const Copy& a, const Copy& b)
        requires std::equality_comparable<T>
    {
        return a.value == b.value;
    }
};

template <class T>
auto memory_of(T& part) {
    if constexpr (requires { snapshot_of(part); })
        return snapshot_of(part);
    else
        return Copy<T>{part};
}

template <class T>
std::tuple<Copy<T>> kept_of(const Copy<T>& copy) {
    return {copy};
}
template <class Memory>
std::tuple<> kept_of(const Memory&) {
    return {};
}
/// What of memories is to be compared in full.
template <class... Memory>
auto kept_of(const std::tuple<Memory...>& memories) {
    return std::apply([](const auto&... memory) { return std::tuple_cat(kept_of(memory)...); },
                      memories);
}

/// A search through all that can come of `letters`, from where the trial stands.
template <class Trial>
class Search {
public:
    using Operation = typename Trial::Operation;

    explicit Search(Trial& trial) : trial_(trial) {}

    /// Tries every sequence of `left` steps: what is wrong, if anything is, after `steps()`.
    std::optional<std::string> go(size_t left) {
        if (left == 0) return std::nullopt;
        auto parts = trial_.parts();
        const Memories memories =
            std::apply([](auto&... part) { return Memories{memory_of(part)...}; }, parts);
        if (!is_new(memories, left)) return std::nullopt;
        for (const Operation& letter : letters_) {
            steps_.push_back(letter);
            ++tried_;
            if (auto what = apply(trial_, letter)) return what;
            if (auto what = go(left - 1)) return what;
            steps_.pop_back();
            restore(memories, parts, indices);
        }
        return std::nullopt;
    }

    const std::vector<Operation>& steps() const { return steps_; }
    /// How many steps were done.
    uint64_t tried() const { return tried_; }

private:
    using Parts = decltype(std::declval<Trial&>().parts());
    static constexpr auto indices = std::make_index_sequence<std::tuple_size_v<Parts>>{};
    using Memories = decltype(std::apply(
        [](auto&... part) { return std::tuple{memory_of(part)...}; }, std::declval<Parts>()));
    template <size_t... i>
    static void restore(const Memories& memories, Parts& parts, std::index_sequence<i...>) {
        (std::get<i>(memories).restore(std::get<i>(parts)), ...);
    }
    /// Of a place where the search has been: the trial's values in full, of its world the digest.
    struct Place {
        size_t left = 0;
        decltype(kept_of(std::declval<const Memories&>())) kept;
    };

    /// Whether no search of as many steps has begun here. One that has begun will come to its end,
    /// or to a disagreement; so it may be the one that led here.
    bool is_new(const Memories& memories, size_t left) {
        auto kept = kept_of(memories);
        if constexpr (std::equality_comparable<decltype(kept)>) {
            const uint64_t digest = std::apply(
                [](const auto&... part) { return (part.digest() + ... + uint64_t{}); }, memories);
            std::vector<Place>& places = places_[digest];
            for (Place& place : places) {
                if (place.kept != kept) continue;
                if (place.left >= left) return false;
                place.left = left;
                return true;
            }
            places.push_back({left, std::move(kept)});
        }
        return true;
    }

    Trial& trial_;
    const std::vector<Operation> letters_ = Trial::alphabet();
    std::vector<Operation> steps_;
    std::unordered_map<uint64_t, std::vector<Place>> places_;
    uint64_t tried_ = 0;
};

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
    Random random(plan.seed);
    for (uint64_t done = 0; done < plan.operations;) {
        Trial trial;
        std::vector<typename Trial::Operation> steps;
        const uint64_t end = std::min(plan.life, plan.operations - done);
        while (steps.size() < end) {
            steps.push_back(Trial::draw(random));
            auto what = trial.apply(steps.back());
            const bool is_looked_at = steps.size() % plan.look == 0 || steps.size() == end;
            if (!what && is_looked_at) what = detail::compare(trial);
            if (!what) continue;
            auto first = plan.look == 1 ? std::nullopt : detail::run<Trial>(steps);
            if (!first) first = {steps.size(), std::move(*what)};
            return detail::shrink<Trial>(steps, std::move(*first), plan.seed);
        }
        done += end;
    }
    return std::nullopt;
}

/// Tries every sequence of `length` steps of the family's alphabet; a failing beginning is not
/// tried again with other ends. `tried` counts the steps it took.
template <class Trial>
std::optional<Disagreement> find_exhaustively(size_t length, uint64_t* tried = nullptr) {
    if constexpr (requires(Trial trial) { trial.parts(); }) {
        Trial trial;
        detail::Search<Trial> search(trial);
        auto what = search.go(length);
        if (tried != nullptr) *tried = search.tried();
        if (!what) return std::nullopt;
        return detail::shrink<Trial>(search.steps(), {search.steps().size(), std::move(*what)}, 0);
    }
    const std::vector<typename Trial::Operation> alphabet = Trial::alphabet();
    std::vector<size_t> choice(length, 0);
    for (;;) {
        std::vector<typename Trial::Operation> steps;
        for (const size_t letter : choice) steps.push_back(alphabet[letter]);
        if (auto failure = detail::run<Trial>(steps))
            return detail::shrink<Trial>(steps, std::move(*failure), 0);
        if (tried != nullptr) *tried += length;
        size_t at = length;
        while (at > 0 && ++choice[at - 1] == alphabet.size()) choice[--at] = 0;
        if (at == 0) return std::nullopt;
    }
}

/// The test that no disagreement is found.
template <class Trial>
void expect_random(const Plan& plan = {}) {
    const Plan chosen = planned(plan);
    const auto found = find_disagreement<Trial>(chosen);
    EXPECT_FALSE(found.has_value()) << (found ? describe(*found) : "");
    std::cout << chosen.operations << " operations of seed " << chosen.seed << '\n';
}
/// The same for all sequences of `length` steps, or of `deep` in `make model`.
template <class Trial>
void expect_exhaustive(size_t length, size_t deep) {
    const bool is_deep = number_from_environment("PLUME_MODEL_DEEP", 0) != 0;
    const size_t chosen = is_deep ? number_from_environment("PLUME_MODEL_LENGTH", deep) : length;
    uint64_t tried = 0;
    const auto found = find_exhaustively<Trial>(chosen, &tried);
    EXPECT_FALSE(found.has_value()) << (found ? describe(*found) : "");
    std::cout << "every sequence of " << chosen << " of " << Trial::alphabet().size()
              << " steps was tried, in " << tried << " steps\n";
}

namespace detail {

/// One for each planted fault of the program, counted before main.
size_t count_fault();
template <class Trial>
inline const size_t counted = count_fault();

}  // namespace detail

/// How many different faults `expect_caught` is asked about in this program.
size_t planted_faults();

/// The test of a planted fault: that one is found within the plan, and that it takes a story of at
/// least `story` steps, as a contract that fails at once proves nothing.
template <class Trial>
void expect_caught(const Plan& plan = {}, size_t story = 1) {
    EXPECT_GT(detail::counted<Trial>, 0u);
    const auto found = find_disagreement<Trial>(plan);
    ASSERT_TRUE(found.has_value()) << "a wrong contract was taken for a right one";
    EXPECT_GE(found->steps.size(), story) << describe(*found);
}

}  // namespace plume::model
