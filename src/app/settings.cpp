#include "app/settings.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <numeric>

namespace plume {

namespace fs = std::filesystem;

namespace {

using Kind = Setting::Kind;

/// Blocks of a history that is not all of them.
constexpr uint64_t history_max = 1'000'000'000;

constexpr Setting table[] = {
    {"data", "--data", Kind::text, "", "data directory"},
    {"genesis", "--genesis", Kind::text, "",
     "genesis file, as geth's; needed for a new chain only"},
    {"block_time", "--block-time", Kind::number, "",
     "seconds between blocks; without it, a block as soon as something is pending", 1, 3'600},
    {"history", "--history", Kind::number, "all",
     "blocks whose states are kept, counted from the newest; all, or a number: older states are "
     "removed for good, blocks and receipts never; plume dev keeps all",
     1, history_max, "all"},
    {"index", "--index", Kind::flag, "true",
     "keep the read model that plume_ methods and plume export answer from"},
    {"pool.journal", "--pool-journal", Kind::flag, "true",
     "keep the transactions that wait over restarts, in pool.journal of the data directory"},
    {"pool.minimum_tip", "--minimum-tip", Kind::number, "1",
     "wei per gas that a transaction must be ready to give as a tip at least", 0,
     1'000'000'000'000'000},
    {"rpc.host", "--host", Kind::text, "127.0.0.1", "address to listen on"},
    {"rpc.port", "--port", Kind::number, "8545", "port to listen on; 0 takes any free one", 0,
     65'535},
    {"rpc.allow_hosts", "--allow-host", Kind::list, "",
     "names by which clients may call the node, beside localhost"},
    {"rpc.origins", "--origin", Kind::list, "",
     "origins whose web pages may read answers, as https://app.example, or *; none by default"},
    {"rpc.requests_per_second", "--requests-per-second", Kind::number, "",
     "how many each address may make; without it, 2000, and any number from this machine", 1,
     1'000'000},
    {"metrics.enabled", "--metrics", Kind::flag, "true", "serve /metrics, /livez and /readyz"},
    {"metrics.host", "--metrics-host", Kind::text, "127.0.0.1", "address to serve metrics on"},
    {"metrics.port", "--metrics-port", Kind::number, "6060",
     "port to serve metrics on; 0 takes any free one", 0, 65'535},
    {"log.level", "--log-level", Kind::text, "info", "least level that is logged", 0, 0,
     "debug|info|warn|error|off", true},
    {"log.format", "--log-format", Kind::text, "logfmt", "how log lines are written", 0, 0,
     "logfmt|json", true},
};

constexpr std::string_view variable_prefix = "PLUME_";
/// Variables of the environment that are no settings of a node.
constexpr std::string_view other_variables[] = {"PLUME_RPC", "PLUME_CONFIG", "PLUME_KEYS"};

const Setting* find_setting(std::string_view name) {
    const auto found = std::ranges::find(table, name, &Setting::name);
    return found == std::end(table) ? nullptr : &*found;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const size_t end = std::min(text.find(separator), text.size());
        if (end > 0) out.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

std::string meant(const std::optional<std::string>& suggestion) {
    return suggestion ? "; did you mean '" + *suggestion + "'?" : "";
}

std::string shown(std::string_view value) {
    constexpr size_t shown_bytes = 60;
    std::string out = "'";
    for (const char c : value.substr(0, shown_bytes))
        out += static_cast<unsigned char>(c) < ' ' || c == 0x7f ? '?' : c;
    return out + (value.size() > shown_bytes ? "...'" : "'");
}

Result<std::string> read_number(const Setting& setting, std::string_view text) {
    const std::string word(setting.choices);
    if (!word.empty() && text == word) return word;
    const Error bad{.what = shown(text) + " is " +
                            (word.empty() ? "" : "neither " + word + " nor ") +
                            (word.empty() ? "no" : "a") + " whole number from " +
                            std::to_string(setting.least) + " to " + std::to_string(setting.most)};
    constexpr size_t digits = 18;  // What fits into 64 bits whatever they are.
    if (text.empty() || text.size() > digits) return bad;
    uint64_t number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return bad;
        number = number * 10 + static_cast<uint64_t>(c - '0');
    }
    if (number < setting.least || number > setting.most) return bad;
    return std::to_string(number);
}

Result<std::string> read_text(const Setting& setting, std::string_view text) {
    if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; }))
        return Error{.what = shown(text) + " holds a control character"};
    if (setting.choices.empty()) return std::string(text);
    const auto choices = split(setting.choices, '|');
    if (std::ranges::count(choices, text) > 0) return std::string(text);
    std::string list = choices[0];
    for (size_t i = 1; i < choices.size(); ++i)
        list += (i + 1 == choices.size() ? " or " : ", ") + choices[i];
    return Error{.what = shown(text) + " is not " + list + meant(nearest(lower(text), choices))};
}

/// A value as it is typed, made canonical.
Result<std::string> read_value(const Setting& setting, std::string_view text) {
    if (text.size() > setting_size_max)
        return Error{.what = "longer than " + std::to_string(setting_size_max) + " bytes"};
    switch (setting.kind) {
        case Kind::number:
            return read_number(setting, text);
        case Kind::flag:
            if (text == "true" || text == "1") return std::string("true");
            if (text == "false" || text == "0") return std::string("false");
            return Error{.what = shown(text) + " is neither true nor false"};
        case Kind::list:
            if (split(text, ',').size() > list_length_max)
                return Error{.what = "more than " + std::to_string(list_length_max) + " names"};
            return read_text(setting, text);
        case Kind::text:
            break;
    }
    return read_text(setting, text);
}

/// A value of a file, as it would be typed.
Result<std::string> typed(const Setting& setting, const toml::node& node) {
    switch (setting.kind) {
        case Kind::number:
            if (const auto* number = node.as_integer()) return std::to_string(number->get());
            if (const auto* word = node.as_string(); word && word->get() == setting.choices)
                return word->get();
            return Error{.what = "a whole number is wanted, as in 8545"};
        case Kind::flag:
            if (const auto* flag = node.as_boolean())
                return std::string(flag->get() ? "true" : "false");
            return Error{.what = "true or false is wanted, without quotes"};
        case Kind::text:
            if (const auto* text = node.as_string()) return text->get();
            return Error{.what = "a text in quotes is wanted"};
        case Kind::list:
            break;
    }
    std::string out;
    const auto* items = node.as_array();
    if (items == nullptr) return Error{.what = "a list is wanted, as in [\"a.example\"]"};
    for (const toml::node& item : *items) {
        const auto* text = item.as_string();
        if (text == nullptr || text->get().find(',') != std::string::npos)
            return Error{.what = "a list of texts is wanted, as in [\"a.example\"]"};
        out += (out.empty() ? "" : ",") + text->get();
    }
    return out;
}

/// The setting that an unknown key may stand for, also under another heading.
std::optional<std::string> suggest_key(const std::string& key) {
    std::vector<std::string> names;
    for (const Setting& setting : table) names.emplace_back(setting.name);
    if (auto found = nearest(key, names)) return found;
    const auto last = [](std::string_view name) {
        return std::string(name.substr(name.rfind('.') + 1));
    };
    for (const Setting& setting : table)
        if (last(setting.name) == last(key)) return std::string(setting.name);
    std::vector<std::string> ends;
    for (const Setting& setting : table) ends.push_back(last(setting.name));
    const auto end = nearest(last(key), ends);
    if (!end) return std::nullopt;
    return std::string(
        table[static_cast<size_t>(std::ranges::find(ends, *end) - ends.begin())].name);
}

}  // namespace

/// Fills a configuration, source after source, the later one over the earlier.
struct Loader {
    Configured out;

    void set(const Setting& setting, std::string_view text, Source source,
             const std::string& where) {
        auto value = read_value(setting, text);
        if (!value) {
            out.problems.push_back(where + ": " + std::string(setting.name) + ": " +
                                   value.error().what);
            return;
        }
        out.configuration.values_[setting.name] = {std::move(*value), source, where};
    }

    void read_defaults() {
        for (const Setting& setting : table)
            out.configuration.values_[setting.name] = {std::string(setting.fallback),
                                                       Source::standard, "default"};
    }

    void read_node(const std::string& file, const std::string& name, const toml::node& node) {
        const std::string where = file + ":" + std::to_string(node.source().begin.line);
        const Setting* setting = find_setting(name);
        const auto* inner = node.as_table();
        if (inner != nullptr && setting == nullptr && is_heading(name)) {
            for (const auto& [key, value] : *inner)
                read_node(file, name + "." + std::string(key.str()), value);
            return;
        }
        if (setting == nullptr) {
            const auto suggestion =
                inner == nullptr ? suggest_key(name) : nearest(name, headings());
            out.problems.push_back(where + ": unknown " +
                                   (inner == nullptr ? "setting " : "heading ") + shown(name) +
                                   meant(suggestion));
            return;
        }
        const auto text = typed(*setting, node);
        if (!text)
            out.problems.push_back(where + ": " + name + ": " + text.error().what);
        else
            set(*setting, *text, Source::file, where);
    }

    void read_file(const fs::path& path) {
        const std::string file = path.string();
        std::ifstream stream(path, std::ios::binary);
        std::string text(config_size_max + 1, '\0');
        stream.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
        if (stream.bad() || !stream.eof()) {
            out.problems.push_back(file + ": " +
                                   (text.size() > config_size_max
                                        ? "larger than a configuration may be"
                                        : "cannot be read"));
            return;
        }
        const toml::parse_result parsed = toml::parse(text, file);
        if (!parsed) {
            out.problems.push_back(file + ":" + std::to_string(parsed.error().source().begin.line) +
                                   ": " + std::string(parsed.error().description()));
            return;
        }
        out.configuration.file = path;
        for (const auto& [key, value] : parsed.table())
            read_node(file, std::string(key.str()), value);
    }

    void read_environment(const ConfigurationSources& sources) {
        std::vector<std::string> known;
        for (const Setting& setting : table) {
            known.push_back(variable_of(setting));
            if (const char* text = sources.environment(known.back().c_str()))
                set(setting, text, Source::environment, known.back());
        }
        for (const std::string& name : sources.variables) {
            if (!name.starts_with(variable_prefix) || std::ranges::count(known, name) > 0 ||
                std::ranges::count(other_variables, name) > 0)
                continue;
            // Others may use the prefix for what is none of a node's business; a near miss is ours.
            if (const auto suggestion = nearest(name, known))
                out.problems.push_back(name + ": unknown setting" + meant(suggestion));
        }
    }

    void read_flags(const ConfigurationSources& sources) {
        for (const auto& [name, text] : sources.flags) {
            const Setting* setting = find_setting(name);
            check(setting != nullptr, "flags are made from the table");
            set(*setting, text, Source::flag, std::string(setting->flag));
        }
    }

    static std::vector<std::string> headings() {
        std::vector<std::string> out;
        for (const Setting& setting : table)
            if (const size_t dot = setting.name.find('.'); dot != setting.name.npos)
                out.emplace_back(setting.name.substr(0, dot));
        return out;
    }

    static bool is_heading(const std::string& name) {
        const auto all = headings();
        return std::ranges::count(all, name) > 0;
    }
};

std::span<const Setting> settings() {
    return table;
}

std::string variable_of(const Setting& setting) {
    std::string out(variable_prefix);
    for (const char c : setting.name)
        out += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

const SettingValue& Configuration::at(std::string_view name) const {
    const auto found = values_.find(name);
    check(found != values_.end(), "the setting is in the table");
    return found->second;
}

uint64_t Configuration::number(std::string_view name) const {
    return std::strtoull(text(name).c_str(), nullptr, 10);
}

std::vector<std::string> Configuration::list(std::string_view name) const {
    return split(text(name), ',');
}

Configured configure(const ConfigurationSources& sources) {
    Loader loader;
    loader.read_defaults();
    if (!sources.file.empty()) loader.read_file(sources.file);
    loader.read_environment(sources);
    loader.read_flags(sources);
    return std::move(loader.out);
}

ConfigurationSources system_sources(std::string_view file, bool searches) {
    ConfigurationSources out;
    out.environment = [](const char* name) -> const char* { return std::getenv(name); };
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        out.variables.emplace_back(text.substr(0, text.find('=')));
    }
    const char* named = std::getenv("PLUME_CONFIG");
    if (!file.empty()) {
        out.file = file;
    } else if (named != nullptr && *named != '\0') {
        out.file = named;
    } else if (searches) {
        std::error_code ignored;
        for (const char* candidate : {"plume.toml", "/etc/plume/plume.toml"})
            if (out.file.empty() && fs::exists(candidate, ignored)) out.file = candidate;
    }
    return out;
}

std::string default_configuration() {
    std::string out =
        "# Configuration of plume. Every line that begins with '#' and a setting shows its "
        "default;\n"
        "# take the '#' away to change it. Check the file with: plume config check --config FILE\n"
        "# Flags and variables of the environment win over this file; plume config where tells "
        "which.\n";
    std::string heading;
    for (const Setting& setting : table) {
        const size_t dot = setting.name.find('.');
        const std::string group(dot == setting.name.npos ? "" : setting.name.substr(0, dot));
        if (group != heading) out += "\n[" + group + "]\n";
        heading = group;
        const std::string key(dot == setting.name.npos ? setting.name
                                                       : setting.name.substr(dot + 1));
        out += "\n# " + std::string(setting.help);
        if (!setting.choices.empty() && setting.kind == Kind::text) {
            std::string words(setting.choices);
            std::ranges::replace(words, '|', ' ');
            out += ": " + words;
        }
        out += " (" + std::string(setting.flag) + ", " + variable_of(setting) + ")\n";
        const std::string value(setting.fallback);
        const bool is_bare =
            (setting.kind == Kind::number && setting.choices.empty()) || setting.kind == Kind::flag;
        if (setting.kind == Kind::list)
            out += "# " + key + " = []\n";
        else if (is_bare)
            out +=
                "# " + key + " = " + (value.empty() ? std::to_string(setting.least) : value) + "\n";
        else
            out += "# " + key + " = \"" + value + "\"\n";
    }
    return out;
}

std::string settings_table() {
    std::string out =
        "| plume.toml | flag | variable | default | what it is |\n|---|---|---|---|---|\n";
    for (const Setting& setting : table)
        out += "| `" + std::string(setting.name) + "` | `" + std::string(setting.flag) + "` | `" +
               variable_of(setting) + "` | " +
               (setting.fallback.empty() ? "" : "`" + std::string(setting.fallback) + "`") + " | " +
               std::string(setting.help) + " |\n";
    return out;
}

std::string help_of(const Setting& setting) {
    std::string out(setting.help);
    out += " [plume.toml: " + std::string(setting.name) + ", " + variable_of(setting);
    if (!setting.fallback.empty()) out += "; default " + std::string(setting.fallback);
    return out + "]";
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& names) {
    constexpr size_t word_bytes_max = 64;  // Beyond it nobody meant one of ours.
    if (word.size() > word_bytes_max) return std::nullopt;
    const std::string* best = nullptr;
    size_t best_distance = std::max<size_t>(2, word.size() / 3) + 1;
    for (const std::string& name : names) {
        // Levenshtein's distance, row by row.
        std::vector<size_t> row(name.size() + 1);
        std::iota(row.begin(), row.end(), size_t{0});
        for (size_t i = 0; i < word.size(); ++i) {
            size_t diagonal = std::exchange(row[0], i + 1);
            for (size_t j = 0; j < name.size(); ++j) {
                const size_t replaced = diagonal + (word[i] == name[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
            }
        }
        if (row.back() >= best_distance || row.back() >= name.size()) continue;
        best_distance = row.back();
        best = &name;
    }
    return best == nullptr ? std::nullopt : std::optional(*best);
}

}  // namespace plume
