// What a conformance file is made of: cases, and how each ends.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "support/json.hpp"

namespace plume::conformance {

/// How a case ended: passed, failed when there is a failure, skipped when there is a reason.
class Outcome {
public:
    static Outcome skipped(std::string reason);
    static Outcome failed(std::string failure);

    bool has_failed() const { return !failures_.empty(); }
    bool is_skipped() const { return !has_failed() && !skip_reason_.empty(); }
    /// One line or more, for people.
    const std::string& failures() const { return failures_; }
    const std::string& skip_reason() const { return skip_reason_; }

    void fail(const std::string& line);
    void expect(bool holds, const std::string& otherwise);
    void expect_equal(std::string_view what, std::string_view expected, std::string_view found);
    template <size_t N>
    void expect_equal(std::string_view what, const FixedBytes<N>& expected,
                      const FixedBytes<N>& found) {
        if (expected != found) expect_equal(what, to_hex(expected), to_hex(found));
    }
    void expect_equal(std::string_view what, const Bytes& expected, const Bytes& found);

private:
    std::string failures_;
    std::string skip_reason_;
};

/// Something to be run: at any time, on any thread with a stack for contracts, and at the same time
/// as others. Its file's JSON outlives it.
struct Case {
    std::string name;
    std::function<Outcome()> run;
};
using Cases = std::vector<Case>;

/// A named part of a file, which its format makes cases of.
struct Entry {
    const std::filesystem::path& file;
    std::string name;
    const boost::json::value& value;
};

/// What `work` returns; when it throws, what `otherwise` makes of the reason. Here
/// exceptions end: those of JSON, and Malformed.
template <class Work, class Otherwise>
auto guarded(const Work& work, const Otherwise& otherwise) {
    try {
        return work();
    } catch (const std::exception& reason) {
        return otherwise(std::string("malformed: ") + reason.what());
    }
}

/// A case that looks at the whole entry.
Cases one_case(const Entry& entry, Outcome (*run)(const boost::json::value& value));

/// A case that is not run.
Cases skipped_case(const Entry& entry, std::string reason);

}  // namespace plume::conformance
