// What an operator may set: one table, from which come the flags of `plume start` and `plume dev`,
// the variables of the environment, the keys of plume.toml, the help and the commented file.
//
// A flag wins over the environment, the environment over the file, the file over the default.
// Nothing is ignored: a key that is not known, a value of the wrong kind or out of range is a
// problem, told with file and line and with what may have been meant.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plume {

/// The bytes of a configuration file.
inline constexpr size_t config_size_max = size_t{1} << 20;
/// Names in a setting that is a list.
inline constexpr size_t list_length_max = 64;
/// The bytes of a value.
inline constexpr size_t setting_size_max = 4'096;

/// A row of the table.
struct Setting {
    enum class Kind { text, number, flag, list };
    std::string_view name;  ///< in plume.toml: "rpc.port" is `port` under [rpc]
    std::string_view flag;  ///< of the command line: "--port"
    Kind kind = Kind::text;
    std::string_view fallback;  ///< the default, as it is typed; empty: there is none
    std::string_view help;
    uint64_t least = 0;  ///< of a number
    uint64_t most = 0;
    /// Words that a text may be, separated by '|'; empty: any. Of a number, a word that it may be.
    std::string_view choices{};
    bool is_reloadable = false;  ///< taken anew from the file on SIGHUP
};

std::span<const Setting> settings();
/// "rpc.port" -> "PLUME_RPC_PORT"
std::string variable_of(const Setting& setting);

/// Where a value comes from.
enum class Source { standard, file, environment, flag };

/// A value and who set it. The text is canonical: numbers decimal, "true" or "false", lists
/// separated by commas.
struct SettingValue {
    std::string text;
    Source source = Source::standard;
    std::string where;  ///< "default", "/etc/plume/plume.toml:7", "PLUME_RPC_PORT", "--port"
};

/// What is wrong with a configuration, as a sentence that begins with where it stands.
using Problems = std::vector<std::string>;

/// Everything that is set.
class Configuration {
public:
    /// `name` is in the table.
    const SettingValue& at(std::string_view name) const;
    const std::string& text(std::string_view name) const { return at(name).text; }
    /// Of a number that has a value, and no word.
    uint64_t number(std::string_view name) const;
    bool flag(std::string_view name) const { return text(name) == "true"; }
    std::vector<std::string> list(std::string_view name) const;
    bool is_set(std::string_view name) const { return !text(name).empty(); }

    /// The file that was read; empty for none.
    std::filesystem::path file;

private:
    friend struct Loader;
    std::map<std::string_view, SettingValue> values_;
};

/// What is known before the table is asked.
struct ConfigurationSources {
    /// Given on the command line, by the setting's name.
    std::map<std::string, std::string, std::less<>> flags;
    /// The value of a variable of the environment; null when it is not set.
    std::function<const char*(const char*)> environment;
    /// The names of all variables that are set, to find those that are misspelled.
    std::vector<std::string> variables;
    /// The file to read; empty for none.
    std::filesystem::path file;
};

struct Configured {
    Configuration configuration;
    Problems problems;  ///< empty: all is well
};

/// Puts the sources together. A file that cannot be read is a problem too.
Configured configure(const ConfigurationSources& sources);

/// The process's environment, and the file that it is to read: `file` if given, else PLUME_CONFIG,
/// else with `searches` the first that exists of ./plume.toml and /etc/plume/plume.toml.
ConfigurationSources system_sources(std::string_view file, bool searches);

/// A file with every setting and its default, as comments.
std::string default_configuration();
/// The same as a table in Markdown, for docs/operators.md.
std::string settings_table();
/// The setting's help for the command line, with its other names.
std::string help_of(const Setting& setting);

/// The one of `names` that `word` may have been meant to be: at most two letters differ, or a third
/// of them in a longer one.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& names);

}  // namespace plume
