#include "app/story.hpp"

#include <iostream>

#include "app/accounts.hpp"
#include "app/serve.hpp"
#include "app/signals.hpp"
#include "base/log.hpp"

namespace plume {

namespace fs = std::filesystem;

namespace {

constexpr u256 coin_for_fees{1'000'000'000'000'000'000u};

}  // namespace

fs::path find_example(std::string_view name) {
    std::error_code failure;
    const fs::path binary = fs::read_symlink("/proc/self/exe", failure);
    for (const fs::path& start : {fs::current_path(), binary.parent_path()})
        for (fs::path folder = start; folder != folder.root_path(); folder = folder.parent_path())
            if (const fs::path found = folder / "examples" / name; fs::exists(found)) return found;
    return fs::path("examples") / name;
}

Result<std::unique_ptr<Node>> start_story_node(const fs::path& data, uint16_t port,
                                               const std::vector<Account>& people,
                                               uint64_t begins_at) {
    NodeOptions options{.data = data};
    options.genesis = development_genesis(people, coin_for_fees, begins_at);
    options.server.port = port;
    options.is_development = true;
    options.solo.clock = [begins_at] { return begins_at; };
    return Node::start(std::move(options));
}

Result<void> travel_to(Session& session, uint64_t time) {
    TRY(now, session.head_time());
    if (time <= now) return {};
    TRY(done, session.request("evm_setNextBlockTimestamp", {time}));
    (void)done;
    return {};
}

Result<void> require_refused(const std::string& what, const Result<Mined>& outcome,
                             const Narrator& narrate) {
    if (outcome) return Error{exit_code::failed, what + ": should have been refused and was not"};
    if (outcome.error().code != exit_code::refused) return outcome.error();
    narrate("  refused, as it should be: " + what + " -> " + outcome.error().what);
    return {};
}

int run_story(const StoryOptions& options, const Story& story) {
    std::optional<TemporaryDirectory> temporary;
    fs::path data = options.data;
    if (options.data.empty()) {
        auto made = TemporaryDirectory::make();
        if (!made) return report_error(made.error());
        data = temporary.emplace(std::move(*made)).path();
    } else if (fs::exists(data) && !fs::is_empty(data)) {
        return report_error(
            {exit_code::usage, options.data + " is not empty: the demo founds a chain of its own"});
    }
    auto node = start_story_node(data, options.port, story.people, story.begins_at);
    if (!node) return report_error(node.error());
    auto session = Session::open((*node)->url());
    if (!session) return report_error(session.error());
    std::cerr << "\nA chain of its own for " << story.title << ", serving at " << (*node)->url()
              << "\n";
    const auto ending =
        story.play(*session, [](const std::string& line) { std::cerr << line << "\n"; });
    if (!ending) return report_error(ending.error());
    if (options.json)
        std::cout << boost::json::serialize(ending->report) << "\n";
    else
        std::cout << ending->tables << std::flush;
    if (!ending->is_balanced) return exit_code::failed;
    if (options.keep) {
        std::cerr << "\nStill serving at " << (*node)->url()
                  << "; stop with Ctrl-C. Try:\n  plume vault list --rpc " << (*node)->url()
                  << "\n";
        wait_for_stop_signal();
        end_in_time(stop_time_max, [] { return exit_code::ok; });
    }
    return exit_code::ok;
}

}  // namespace plume
