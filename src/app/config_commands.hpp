// `plume config`: where each setting comes from, whether a configuration holds, and a file to begin
// with. Each returns the program's exit code.
#pragma once

#include <string>

#include "app/settings.hpp"

namespace plume {

struct ConfigOptions {
    std::map<std::string, std::string, std::less<>> given;  ///< flags, by the setting's name
    std::string file;                                       ///< of --config
    std::string name;                                       ///< one setting; empty: all
    bool json = false;
};

/// Prints each setting, its value and who set it.
int run_config_where(const ConfigOptions& options);
/// Tells every problem there is.
int run_config_check(const ConfigOptions& options);
/// Prints a commented file with the defaults.
int run_config_default(const ConfigOptions& options);

/// The configuration of a command with these flags and this --config; with `searches` also from the
/// usual places.
Configured read_configuration(const std::map<std::string, std::string, std::less<>>& given,
                              std::string_view file, bool searches);

}  // namespace plume
