// The public test vectors: JSON files of the conformance set, which is fetched apart from the
// sources.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.hpp"

namespace plume::test {

/// Why a test that needs them was skipped: `if (!cases) GTEST_SKIP() << no_fixtures;`
inline constexpr std::string_view no_fixtures = "the conformance fixtures are not installed";

/// The parsed file at `path` below the fixture folder, or nothing when it does not exist. A file
/// that is there but cannot be parsed stops the program.
std::optional<boost::json::value> fixture(std::string_view path);

/// The bytes of the file at `path` below the fixture folder, or nothing when it does not exist.
std::optional<Bytes> fixture_bytes(std::string_view path);

/// The parsed file of this name in tests/vectors, whose vectors come with the sources.
boost::json::value vectors(std::string_view name);

/// The paths of all files of a kind in `folder` and the folders in it, as `fixture` takes them, in
/// alphabetical order; none when the folder does not exist.
std::vector<std::string> fixtures_below(std::string_view folder,
                                        std::string_view extension = ".json");

}  // namespace plume::test
