#include "app/status.hpp"

#include <iostream>

#include "app/serve.hpp"

namespace plume {

namespace json = boost::json;

namespace {

/// A whole number at a path like "head.number".
std::optional<uint64_t> number_at(const json::value& value, std::string_view path) {
    const json::value* at = &value;
    while (!path.empty()) {
        const size_t dot = std::min(path.find('.'), path.size());
        const auto* object = at->if_object();
        at = object == nullptr ? nullptr : object->if_contains(path.substr(0, dot));
        if (at == nullptr) return std::nullopt;
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    if (!at->is_number()) return std::nullopt;
    boost::system::error_code failed;
    const auto out = at->to_number<uint64_t>(failed);
    return failed ? std::nullopt : std::optional(out);
}

std::string reasons_text(const json::value& status) {
    std::string out;
    const auto* reasons = status.get_object().if_contains("reasons");
    if (reasons == nullptr || !reasons->is_array()) return out;
    for (const json::value& reason : reasons->get_array()) {
        const auto* object = reason.if_object();
        const auto* message = object == nullptr ? nullptr : object->if_contains("message");
        if (message != nullptr && message->is_string())
            out += "\n            " + std::string(message->get_string());
    }
    return out;
}

bool is_ready(const json::value& status) {
    const auto* object = status.if_object();
    const auto* ready = object == nullptr ? nullptr : object->if_contains("ready");
    return ready != nullptr && ready->is_bool() && ready->get_bool();
}

}  // namespace

std::string format_duration(uint64_t seconds) {
    struct Unit {
        uint64_t seconds;
        const char* name;
    };
    constexpr Unit units[] = {{86'400, " d"}, {3'600, " h"}, {60, " min"}, {1, " s"}};
    std::string out;
    int shown = 0;
    for (const auto& [size, name] : units) {
        if (shown == 0 && seconds < size && size > 1) continue;
        out += (shown == 0 ? "" : " ") + std::to_string(seconds / size) + name;
        seconds %= size;
        if (++shown == 2) break;
    }
    return out;
}

std::string format_size(uint64_t bytes) {
    constexpr const char* units[] = {" B", " KiB", " MiB", " GiB", " TiB"};
    size_t unit = 0;
    uint64_t tenths = bytes * 10;
    if (bytes < 1024) return std::to_string(bytes) + units[0];
    tenths = bytes / 1024 * 10 + bytes % 1024 * 10 / 1024;
    for (unit = 1; tenths >= 10'240 && unit + 1 < std::size(units); ++unit) tenths /= 1024;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + units[unit];
}

std::optional<std::string> status_text(const json::value& status) {
    const auto* object = status.if_object();
    const auto* version = object == nullptr ? nullptr : object->if_contains("version");
    if (version == nullptr || !version->is_string()) return std::nullopt;
    bool is_whole = true;
    const auto number = [&](std::string_view path) {
        const auto found = number_at(status, path);
        is_whole = is_whole && found;
        return found.value_or(0);
    };
    const auto text = [&](std::string_view path) { return std::to_string(number(path)); };
    std::string out =
        "version     " + std::string(version->get_string()) + "\nchain id    " + text("chainId") +
        "\nhead        " + text("head.number") + ", " + format_duration(number("head.ageSeconds")) +
        " old\nhistory     states from block " + text("history.statesFrom") + " on\npool        " +
        text("pool.pending") + " pending, " + text("pool.queued") + " queued\npeers       " +
        text("peers") + "\ndisk        " + format_size(number("disk.storeBytes")) + " used, " +
        format_size(number("disk.freeBytes")) + " free\nmemory      " +
        format_size(number("memoryBytes")) + ", " + text("descriptors.open") + " of " +
        text("descriptors.limit") + " descriptors\nup          " +
        format_duration(number("uptimeSeconds")) + "\nready       " +
        (is_ready(status) ? "yes" : "no" + reasons_text(status)) + "\n";
    if (!is_whole) return std::nullopt;
    return out;
}

int run_status(const StatusOptions& options) {
    auto session = Session::open(options.client.rpc);
    if (!session) return report_error(session.error());
    const auto status = session->request("plume_status", {});
    if (!status) return report_error(status.error());
    const auto text = status_text(*status);
    if (!text)
        return report_error(
            {exit_code::failed, "the node's answer to plume_status is not what it should be"});
    std::cout << (options.client.json ? json::serialize(*status) + "\n" : *text);
    return is_ready(*status) ? exit_code::ok : exit_code::failed;
}

}  // namespace plume
