// The rules of the house that no compiler checks, as functions of a path and a text. tidy_test.cpp
// tries each rule on small wrong texts and then holds the whole tree to all of them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plume::tidy {

/// A place that breaks a rule. Lines count from 1; 0 speaks of the file as a whole.
struct Finding {
    std::string rule;
    std::string path;
    size_t line;
    std::string what;

    bool operator==(const Finding&) const = default;
};
using Findings = std::vector<Finding>;

/// The sources, and docs/limits.md, by their path from the root of the project
/// ("src/base/bytes.hpp"), in order.
using Tree = std::map<std::string, std::string>;

/// A file that may break a rule, and why. One that breaks nothing is itself a finding.
struct Exception {
    std::string rule;
    std::string path;
    std::string reason;
};

/// The text with comments, literals and preprocessor lines blanked; every character keeps its
/// place.
std::string code_of(std::string_view text);

/// "layer": a folder of src/ includes lower layers and itself, nothing else.
Findings check_layers(std::string_view path, std::string_view text);

/// "library": a third-party or system header is included by the files that own the library, nowhere
/// else.
Findings check_libraries(std::string_view path, std::string_view text);

/// "long file" (700 lines), "long function" (70 lines), "long line" (100 columns).
Findings check_shape(std::string_view path, std::string_view text);

/// "catch": errors are values; exceptions end in the few membranes that the exceptions name.
Findings check_catch(std::string_view path, std::string_view text);

/// "determinism": what execute() reaches knows no clock, thread, random number or float, and walks
/// through no container ordered by hash. `header` is the text of the unit's header, where members
/// are declared.
Findings check_determinism(std::string_view path, std::string_view text, std::string_view header);

/// "leftover": a note to oneself.
Findings check_leftovers(std::string_view path, std::string_view text);

/// "slot": two places of one contract, those of the classes it extends among them, begin at the
/// same storage slot.
Findings check_slots(const Tree& tree);

/// "untested": a unit of src/ without its test beside it.
Findings check_tests(const Tree& tree);

/// "limit": the table of limits in docs/limits.md has a row for each constant called ..._max of a
/// header, with its value, and may have rows for those of sources:
///     | what | value | `name` | `path under src` |
/// A value is a number, with commas, or one with the unit KiB, MiB or years.
Findings check_limits(const Tree& tree);

/// Every rule on every file, without what the exceptions allow; an exception that allows nothing is
/// "unneeded".
Findings check_tree(const Tree& tree, const std::vector<Exception>& exceptions);

}  // namespace plume::tidy
