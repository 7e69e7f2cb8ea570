// `plume status`: asks a running node how it is. Exit code 0: ready; 1: it answers, but is not
// ready; 4: no node answers.
#pragma once

#include <boost/json.hpp>

#include "app/calls.hpp"

namespace plume {

struct StatusOptions {
    ClientOptions client;
};

int run_status(const StatusOptions& options);

/// The node's answer to plume_status in words; nothing when it is not such an answer.
std::optional<std::string> status_text(const boost::json::value& status);

/// "3 d 4 h", "5 min 6 s": the two largest units.
std::string format_duration(uint64_t seconds);
/// "12.3 MiB"
std::string format_size(uint64_t bytes);

}  // namespace plume
