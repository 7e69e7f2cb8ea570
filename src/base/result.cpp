#include "base/result.hpp"

#include <cstdlib>

#include "base/log.hpp"

namespace plume {

void fail(std::string_view why, std::source_location where) {
    log::error(std::string("check failed: ") + std::string(why) + " (" + where.file_name() + ":" +
               std::to_string(where.line()) + ")");
    log::flush();
    std::abort();
}

}  // namespace plume
