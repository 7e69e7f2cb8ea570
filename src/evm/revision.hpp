// Which of Ethereum's revisions the rules are those of.
#pragma once

#include <cstdint>

namespace plume {

/// Plume's own chains run the newest; the older two are what most of the public vectors are of
/// (docs/decisions/0009). In order of time, so that `revision >= Revision::prague` can be asked.
enum class Revision : uint8_t { cancun, prague, osaka };

}  // namespace plume
