#include "app/doctor.hpp"

#include <netdb.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "app/config_commands.hpp"
#include "app/health.hpp"
#include "app/key_file.hpp"
#include "app/process.hpp"
#include "app/session.hpp"
#include "app/status.hpp"
#include "chain/genesis.hpp"
#include "consensus/solo.hpp"
#include "store/directory.hpp"

namespace plume {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

/// A node with all its connections, and the files of a large database.
constexpr uint64_t descriptors_needed = 4'096;
constexpr uint64_t descriptors_least = 1'024;
/// Below it a disk is told to be nearly full.
constexpr uint64_t comfortable_free_bytes = uint64_t{5} << 30;
/// How far files may lie in the future, for the grain of file systems that are elsewhere.
constexpr uint64_t clock_tolerance_seconds = 60;
constexpr uint64_t year_2025_seconds = 1'735'689'600;

/// Collects what is found.
class Examination {
public:
    void ok(std::string topic, std::string message) {
        add(Finding::Kind::ok, std::move(topic), std::move(message));
    }
    void warn(std::string topic, std::string message) {
        add(Finding::Kind::warning, std::move(topic), std::move(message));
    }
    void fault(std::string topic, std::string message) {
        add(Finding::Kind::fault, std::move(topic), std::move(message));
    }
    std::vector<Finding> findings;

private:
    void add(Finding::Kind kind, std::string topic, std::string message) {
        findings.push_back({kind, std::move(topic), std::move(message)});
    }
};

/// The newest change of a file in `folder`, in seconds since 1970; 0 for none.
uint64_t newest_change(const fs::path& folder) {
    uint64_t out = 0;
    std::error_code failed;
    for (fs::directory_iterator it(folder, failed), end; !failed && it != end;
         it.increment(failed)) {
        struct stat found{};
        if (::stat(it->path().c_str(), &found) == 0)
            out = std::max(out, static_cast<uint64_t>(std::max<time_t>(found.st_mtime, 0)));
    }
    return out;
}

void look_at_clock(Examination& out, const fs::path& data) {
    const uint64_t now = system_clock_seconds();
    if (now < year_2025_seconds)
        return out.fault("clock", "the system's clock stands before 2025; set it");
    const uint64_t newest = newest_change(data / "db");
    if (newest > now + clock_tolerance_seconds)
        return out.fault("clock", "the database was written " + format_duration(newest - now) +
                                      " from now: the clock has gone back; set it");
    timex state{};
    if (::adjtimex(&state) == TIME_ERROR || (state.status & STA_UNSYNC) != 0)
        return out.warn("clock",
                        "not known to be synchronised; run chrony or systemd-timesyncd, on the "
                        "host if this is a container");
    out.ok("clock", "synchronised");
}

void look_at_data(Examination& out, const fs::path& data) {
    if (data.empty())
        return out.warn("data", "no data directory is set; give --data, PLUME_DATA or data");
    const DirectoryFacts facts = look_at(data);
    if (!facts.exists) {
        std::error_code failed;
        const fs::path parent = fs::absolute(data, failed).parent_path();
        if (::access(parent.c_str(), W_OK) != 0)
            return out.fault("data", data.string() + " is not there and cannot be made");
        return out.ok("data", data.string() + " will be made by plume init or plume start");
    }
    if (!facts.format_problem.empty()) return out.fault("data", facts.format_problem);
    if (::access(data.c_str(), R_OK | W_OK | X_OK) != 0)
        return out.fault("data", "this user cannot write " + data.string());
    if (!facts.is_private)
        out.warn("data", "other users may look into " + data.string() + ": chmod 700 it");
    if (!facts.has_format)
        out.ok("data", data.string() + " holds no chain yet: plume init founds one");
    else if (facts.holder.empty())
        out.ok("data", data.string() + " holds a chain and is free");
    else
        out.ok("data", data.string() + " is in use by " + facts.holder);
}

void look_at_port(Examination& out, const std::string& what, const std::string& address,
                  uint64_t port, bool is_running) {
    const std::string place = address + " port " + std::to_string(port);
    const std::string problem = port_problem(address, static_cast<uint16_t>(port));
    if (problem.empty())
        out.ok("ports", what + ": " + place + " is free");
    else if (is_running)
        out.ok("ports", what + ": " + place + " is taken, as a node runs here");
    else
        out.fault("ports", what + ": cannot listen on " + place + ": " + problem);
    if (address != "127.0.0.1" && address != "::1" && address != "localhost")
        out.warn("ports", what + ": " + address +
                              " can be reached from other machines; put a proxy with TLS and "
                              "access control in front of it");
}

void look_at_disk(Examination& out, const fs::path& data) {
    std::error_code failed;
    fs::path place = fs::absolute(data.empty() ? fs::path(".") : data, failed);
    while (!fs::exists(place, failed) && place.has_parent_path() && place != place.root_path())
        place = place.parent_path();
    const DiskFacts facts = disk_facts(place);
    const std::string free = format_size(facts.free_bytes) + " free";
    if (!facts.is_writable)
        out.fault("disk", place.string() + " cannot be written");
    else if (facts.free_bytes < disk_free_bytes_min)
        out.fault("disk", free + "; a node needs " + format_size(disk_free_bytes_min));
    else if (facts.free_bytes < comfortable_free_bytes)
        out.warn("disk",
                 free + "; less than " + format_size(comfortable_free_bytes) + " will not last");
    else
        out.ok("disk", free);
}

void look_at_history(Examination& out, const std::string& history) {
    if (history == "all")
        out.ok("history", "the state after every block is kept; history = N keeps the newest N");
    else
        out.ok("history", "the states after the newest " + history +
                              " blocks are kept; older ones are removed for good");
}

void look_at_limits(Examination& out) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const std::string has = std::to_string(limit.rlim_cur) + " descriptors";
    if (limit.rlim_cur < descriptors_least)
        out.fault("limits", has + "; raise the limit to " + std::to_string(descriptors_needed) +
                                " (ulimit -n, LimitNOFILE)");
    else if (limit.rlim_cur < descriptors_needed)
        out.warn("limits", has + "; " + std::to_string(descriptors_needed) +
                               " are better (ulimit -n, LimitNOFILE)");
    else
        out.ok("limits", has);
}

void look_at_keys(Examination& out, const fs::path& data) {
    std::vector<fs::path> folders{key_folder()};
    if (!data.empty()) folders.push_back(data / "keys");
    for (const fs::path& folder : folders) {
        std::error_code failed;
        if (!fs::is_directory(folder, failed)) continue;
        const auto kept = check_key_files(folder);
        if (kept)
            out.ok("keys", folder.string() + " is well kept");
        else
            out.fault("keys", kept.error().what);
    }
}

void look_at_genesis(Examination& out, const std::string& file) {
    if (file.empty()) return;
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return out.fault("genesis", "cannot read " + file);
    std::error_code failed;
    if (fs::file_size(file, failed) > genesis_size_max)
        return out.fault("genesis", file + " is larger than a genesis file may be");
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    const auto genesis = parse_genesis(text);
    if (genesis)
        out.ok("genesis", file + ": chain " + std::to_string(genesis->chain_id));
    else
        out.fault("genesis", file + ": " + genesis.error().what);
}

std::string_view word_of(Finding::Kind kind) {
    return kind == Finding::Kind::ok ? "ok" : kind == Finding::Kind::warning ? "warning" : "fault";
}

}  // namespace

std::string port_problem(const std::string& address, uint16_t port) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string service = std::to_string(port);
    if (const int failed = ::getaddrinfo(address.c_str(), service.c_str(), &hints, &found);
        failed != 0)
        return "'" + address + "' is no address: " + ::gai_strerror(failed);
    std::string out;
    const int socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (::bind(socket, found->ai_addr, found->ai_addrlen) != 0 || ::listen(socket, 1) != 0)
        out = std::strerror(errno);
    if (socket >= 0) ::close(socket);
    ::freeaddrinfo(found);
    return out;
}

std::vector<Finding> examine(const DoctorOptions& options) {
    ConfigurationSources sources = system_sources(options.config, true);
    sources.flags = options.given;
    const Configured read = configure(sources);
    const Configuration& configuration = read.configuration;
    Examination out;
    for (const std::string& problem : read.problems) out.fault("configuration", problem);
    if (read.problems.empty())
        out.ok("configuration", configuration.file.empty() ? "no file; the defaults hold"
                                                           : configuration.file.string());
    const fs::path data = configuration.text("data");
    const bool is_running = !data.empty() && !look_at(data).holder.empty();
    look_at_data(out, data);
    look_at_genesis(out, configuration.text("genesis"));
    look_at_port(out, "RPC", configuration.text("rpc.host"), configuration.number("rpc.port"),
                 is_running);
    if (configuration.flag("metrics.enabled"))
        look_at_port(out, "metrics", configuration.text("metrics.host"),
                     configuration.number("metrics.port"), is_running);
    look_at_clock(out, data);
    look_at_disk(out, data);
    look_at_history(out, configuration.text("history"));
    look_at_limits(out);
    look_at_keys(out, data);
    return std::move(out.findings);
}

int run_doctor(const DoctorOptions& options) {
    const std::vector<Finding> findings = examine(options);
    int code = exit_code::ok;
    json::array all;
    for (const auto& [kind, topic, message] : findings) {
        if (kind == Finding::Kind::fault && code == exit_code::ok)
            code = topic == "configuration" ? exit_code::usage : exit_code::failed;
        all.push_back(
            json::object{{"kind", word_of(kind)}, {"topic", topic}, {"message", message}});
        if (options.json) continue;
        std::string word(word_of(kind));
        std::string head = topic;
        word.resize(9, ' ');
        head.resize(15, ' ');
        std::cout << word << head << message << "\n";
    }
    if (options.json)
        std::cout << json::serialize(
                         json::object{{"ok", code == exit_code::ok}, {"findings", std::move(all)}})
                  << "\n";
    return code;
}

}  // namespace plume
