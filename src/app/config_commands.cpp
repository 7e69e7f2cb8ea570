#include "app/config_commands.hpp"

#include <boost/json.hpp>
#include <iostream>

#include "app/session.hpp"
#include "app/text.hpp"

namespace plume {

namespace json = boost::json;

namespace {

void report(const Problems& problems) {
    for (const std::string& problem : problems) std::cerr << "error: " << problem << "\n";
}

json::value json_value(const Setting& setting, const Configuration& configuration) {
    const std::string& text = configuration.text(setting.name);
    if (setting.kind == Setting::Kind::list) {
        json::array out;
        for (const std::string& item : configuration.list(setting.name)) out.emplace_back(item);
        return out;
    }
    if (text.empty()) return nullptr;
    if (setting.kind == Setting::Kind::number && text != setting.choices)
        return configuration.number(setting.name);
    if (setting.kind == Setting::Kind::flag) return configuration.flag(setting.name);
    return json::value(text);
}

}  // namespace

Configured read_configuration(const std::map<std::string, std::string, std::less<>>& given,
                              std::string_view file, bool searches) {
    ConfigurationSources sources = system_sources(file, searches);
    sources.flags = given;
    return configure(sources);
}

int run_config_where(const ConfigOptions& options) {
    const Configured read = read_configuration(options.given, options.file, true);
    report(read.problems);
    json::object all;
    TextTable rows({{"setting"}, {"value"}, {"set by"}});
    std::vector<std::string> names;
    for (const Setting& setting : settings()) {
        names.emplace_back(setting.name);
        if (!options.name.empty() && options.name != setting.name) continue;
        const SettingValue& value = read.configuration.at(setting.name);
        rows.add({std::string(setting.name), value.text.empty() ? "-" : value.text, value.where});
        all[setting.name] = json::object{{"value", json_value(setting, read.configuration)},
                                         {"source", value.where}};
    }
    if (all.empty()) {
        const auto meant = nearest(options.name, names);
        std::cerr << "error: there is no setting '" << options.name << "'"
                  << (meant ? "; did you mean '" + *meant + "'?" : "") << "\n";
        return exit_code::usage;
    }
    if (options.json)
        std::cout << json::serialize(all) << "\n";
    else
        std::cout << rows.render();
    return read.problems.empty() ? exit_code::ok : exit_code::usage;
}

int run_config_check(const ConfigOptions& options) {
    const Configured read = read_configuration(options.given, options.file, true);
    const std::string file = read.configuration.file.string();
    if (options.json) {
        json::array problems;
        for (const std::string& problem : read.problems) problems.emplace_back(problem);
        const json::value shown = file.empty() ? json::value(nullptr) : json::value(file);
        std::cout << json::serialize(json::object{{"ok", read.problems.empty()},
                                                  {"file", shown},
                                                  {"problems", std::move(problems)}})
                  << "\n";
    } else {
        report(read.problems);
        if (read.problems.empty())
            std::cout << (file.empty() ? "no configuration file; the defaults hold" : file + ": ok")
                      << "\n";
    }
    return read.problems.empty() ? exit_code::ok : exit_code::usage;
}

int run_config_default(const ConfigOptions&) {
    std::cout << default_configuration();
    return exit_code::ok;
}

}  // namespace plume
