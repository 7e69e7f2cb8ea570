// Processes under torture: forked from this one, or the program itself.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "torture/shim.hpp"

namespace plume::torture {

/// How a process ended and what it said.
struct Ended {
    int code = 0;    ///< exit code; -1 when a signal ended it
    int signal = 0;  ///< that ended it
    std::string said;

    std::string text() const;
};

/// Runs `body` in a process of its own, which exits with what it returns; its standard output and
/// error are kept. One that takes longer than `seconds` is ended by SIGALRM.
Ended in_child(const std::function<int()>& body, unsigned seconds = 60);

/// The switches of the shim that this process, and all that it starts, are under. There is one.
Control& control();
/// Sets all switches to harmless.
void calm();

/// Starts this program again under the shim, with everything below `dir` tormented, unless it runs
/// under it already. `argv` is that of main.
void enter_shim(char** argv, const std::filesystem::path& shim, const std::filesystem::path& dir);

}  // namespace plume::torture
