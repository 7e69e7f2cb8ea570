// A story: a use case played from beginning to end by signed transactions, on a chain of its own.
// What each story has of its own are its people, when it begins, and what they do.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <string>
#include <vector>

#include "app/node.hpp"
#include "app/session.hpp"

namespace plume {

/// Told each step as it happens.
using Narrator = std::function<void(const std::string& line)>;

/// How a story ended.
struct Ending {
    std::string tables;          ///< for people: the closing tables and the balance line
    boost::json::object report;  ///< the same for programs
    bool is_balanced = false;    ///< whether every book closes to the unit
};

struct Story {
    std::string title;
    std::vector<Account> people;  ///< each begins with a coin for fees
    uint64_t begins_at = 0;       ///< the time of genesis, in seconds since 1970
    std::function<Result<Ending>(Session&, const Narrator&)> play;
};

/// Where a story is played, and what is left of it.
struct StoryOptions {
    uint16_t port = 0;  ///< to serve on; 0: any free one
    std::string data;   ///< directory; empty: a fresh one, removed in the end
    bool keep = false;  ///< go on serving after the last table
    bool json = false;
};

/// A node whose clock stands still between the steps: the story sets the time of each itself.
Result<std::unique_ptr<Node>> start_story_node(const std::filesystem::path& data, uint16_t port,
                                               const std::vector<Account>& people,
                                               uint64_t begins_at);

/// Plays on a node of its own and prints; returns the program's exit code: 0 only when every book
/// balances.
int run_story(const StoryOptions& options, const Story& story);

/// Sets the time of the next block, unless it is past already.
Result<void> travel_to(Session& session, uint64_t time);

/// Refuses an `outcome` that is not a refusal by the chain; tells why it was one otherwise.
Result<void> require_refused(const std::string& what, const Result<Mined>& outcome,
                             const Narrator& narrate);

/// A table that comes with the sources, wherever the program is called from.
std::filesystem::path find_example(std::string_view name);

}  // namespace plume
