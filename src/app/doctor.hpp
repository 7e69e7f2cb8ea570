// `plume doctor`: what stands, or may come to stand, in the way of a node on this machine. Looks
// and changes nothing. Exit code 0: nothing does; 1: something does; 2: the configuration is wrong.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace plume {

struct DoctorOptions {
    std::map<std::string, std::string, std::less<>> given{};  ///< flags, by the setting's name
    std::string config{};                                     ///< of --config
    bool json = false;
};

/// What was looked at, and what was found.
struct Finding {
    enum class Kind { ok, warning, fault };
    Kind kind = Kind::ok;
    std::string topic;    ///< "ports", "disk", ...
    std::string message;  ///< with what to do about it
};

std::vector<Finding> examine(const DoctorOptions& options);
int run_doctor(const DoctorOptions& options);

/// Why nobody can listen at this address; empty when one can.
std::string port_problem(const std::string& address, uint16_t port);

}  // namespace plume
