#include "tidy.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <regex>
#include <set>

namespace plume::tidy {
namespace {

constexpr size_t file_lines_max = 700;
constexpr size_t function_lines_max = 70;
constexpr size_t line_columns_max = 100;

/// The layers of src/, lowest first; folders in one row do not know one another.
const std::vector<std::vector<std::string_view>> layers = {{"base"},
                                                           {"crypto", "codec"},
                                                           {"types", "trie"},
                                                           {"state"},
                                                           {"evm", "store"},
                                                           {"native"},
                                                           {"contracts"},
                                                           {"chain"},
                                                           {"consensus", "index"},
                                                           {"rpc"},
                                                           {"app"}};

/// A header's beginning, and where it may be included: paths, or folders ending in '/'.
struct Library {
    std::string_view header;
    std::vector<std::string_view> owners;
};
const std::vector<Library> libraries = {
    {"benchmark/", {"tests/bench/"}},
    {"boost/asio",
     {"src/rpc/server.cpp", "src/rpc/door.hpp", "src/rpc/loop.", "src/rpc/client.cpp",
      "src/rpc/page_server.cpp", "tests/"}},
    {"boost/beast",
     {"src/rpc/door.hpp", "src/rpc/http.cpp", "src/rpc/websocket.cpp", "src/rpc/client.cpp",
      "src/rpc/page_server.cpp", "tests/"}},
    {"boost/crc", {"src/store/journal.cpp", "src/rpc/eth_config.cpp"}},
    {"boost/json", {"src/codec/", "src/chain/", "src/rpc/", "src/app/", "tests/"}},
    {"boost/multiprecision", {"tests/"}},
    {"CLI/",
     {"src/app/main.cpp", "src/app/options.", "tests/conformance/main.cpp", "tests/bench/"}},
    {"gmp.h", {"src/crypto/modexp.cpp"}},
    {"gtest/", {"tests/"}},
    {"openssl/", {"src/crypto/"}},
    {"rocksdb/", {"src/store/engine.cpp", "src/store/watched_files"}},
    {"secp256k1", {"src/crypto/signature.cpp", "tests/bench/"}},
    {"sodium", {"src/crypto/"}},
    {"spdlog/", {"src/base/log.cpp"}},
    {"sqlite3.h", {"src/index/sqlite.cpp"}},
    {"prometheus/", {"src/app/metrics.cpp"}},
    {"tbb/", {"src/state/root.cpp", "src/chain/"}},
    {"toml++/", {"src/app/settings.cpp"}},
    {"arpa/", {"tests/"}},
    {"csignal", {"src/base/", "src/app/", "tests/"}},
    {"dlfcn.h", {"tests/torture/shim.cpp"}},
    {"fcntl.h", {"src/store/", "src/app/", "tests/torture/"}},
    {"immintrin.h", {"src/crypto/words.hpp"}},
    {"linux/", {"tests/torture/shim.cpp"}},
    {"malloc.h", {"tests/"}},
    {"netdb.h", {"src/app/doctor.cpp"}},
    {"netinet/", {"tests/"}},
    {"pthread.h", {"src/base/thread.hpp"}},
    {"signal.h", {"tests/torture/"}},
    {"string.h", {"src/crypto/"}},
    {"sys/", {"src/base/hash_key.cpp", "src/crypto/", "src/store/", "src/app/", "tests/"}},
    {"unistd.h", {"src/base/", "src/store/", "src/app/", "tests/"}},
};

const std::array<std::string_view, 8> deterministic = {
    "src/types/",  "src/trie/",      "src/state/",        "src/evm/",
    "src/native/", "src/contracts/", "src/chain/execute", "src/codec/"};

bool is_test(std::string_view path) {
    return path.starts_with("tests/") || path.ends_with("_test.cpp");
}

/// "src/base/bytes.hpp" -> "base"; nothing outside src/.
std::string_view folder_of(std::string_view path) {
    if (!path.starts_with("src/")) return {};
    path.remove_prefix(4);
    return path.substr(0, path.find('/'));
}

std::optional<size_t> layer_of(std::string_view folder) {
    for (size_t i = 0; i < layers.size(); ++i)
        if (std::ranges::count(layers[i], folder) > 0) return i;
    return std::nullopt;
}

size_t line_at(std::string_view text, size_t position) {
    return 1 + static_cast<size_t>(std::count(text.begin(), text.begin() + position, '\n'));
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        out.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

/// One finding for each match of the pattern in the text.
Findings find_all(std::string_view rule, std::string_view path, const std::string& text,
                  const std::string& pattern, const std::string& what) {
    Findings out;
    const std::regex regex(pattern);
    for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it)
        out.push_back({std::string(rule), std::string(path),
                       line_at(text, static_cast<size_t>(it->position())),
                       what + ": " + it->str()});
    return out;
}

struct Include {
    size_t line;
    bool quoted;
    std::string header;
};

std::vector<Include> includes_of(std::string_view text) {
    static const std::regex form(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)re");
    std::vector<Include> out;
    size_t number = 0;
    for (const std::string_view line : lines_of(text)) {
        ++number;
        std::match_results<std::string_view::const_iterator> match;
        if (std::regex_match(line.begin(), line.end(), match, form))
            out.push_back({number, match[1] == "\"", match[2].str()});
    }
    return out;
}

void append(Findings& to, Findings more) {
    to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// Where the comment or literal that begins at `at` ends; `at` itself when none begins there.
size_t end_of_opaque(std::string_view text, size_t at) {
    const std::string_view rest = text.substr(at);
    const auto after = [&](std::string_view mark, size_t from) {
        const size_t found = rest.find(mark, from);
        return found == rest.npos ? text.size() : at + found + mark.size();
    };
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    if (rest.starts_with("//")) return std::min(text.find('\n', at), text.size());
    if (rest.starts_with("/*")) return after("*/", 2);
    if (rest.starts_with("R\"")) {
        const size_t open = std::min(rest.find('('), rest.size());
        return after(")" + std::string(rest.substr(2, open - 2)) + "\"", open);
    }
    // An apostrophe inside a number groups its digits.
    if (rest[0] == '\'' && at > 0 && is_word(text[at - 1])) return at;
    if (rest[0] != '"' && rest[0] != '\'') return at;
    for (size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == '\\')
            ++i;
        else if (rest[i] == rest[0])
            return at + i + 1;
    }
    return text.size();
}

size_t end_of_directive(std::string_view text, size_t at) {
    size_t end = std::min(text.find('\n', at), text.size());
    while (end < text.size() && text[end - 1] == '\\')
        end = std::min(text.find('\n', end + 1), text.size());
    return end;
}

// A block in the brace structure of a file. What stands in a function is not looked into.
struct Block {
    enum class Kind { scope, function, other } kind;
    size_t begin;
};

/// What a brace opens, told by the text before it since the last statement.
Block::Kind kind_of(const std::string& head) {
    static const std::regex scope(R"(\b(namespace|class|struct|union|extern)\b[^()=]*$)");
    if (std::regex_search(head, scope)) return Block::Kind::scope;
    if (head.find('(') != head.npos) return Block::Kind::function;
    return Block::Kind::other;
}

}  // namespace

std::string code_of(std::string_view text) {
    std::string out(text);
    bool line_start = true;
    for (size_t i = 0; i < text.size();) {
        size_t end = end_of_opaque(text, i);
        if (end == i && line_start && text[i] == '#') end = end_of_directive(text, i);
        for (size_t k = i; k < end; ++k)
            if (text[k] != '\n') out[k] = ' ';
        if (end == i) end = i + 1;
        const std::string_view passed = text.substr(i, end - i);
        if (passed.find('\n') != passed.npos)
            line_start = true;
        else if (passed != " " && passed != "\t")
            line_start = false;
        i = end;
    }
    return out;
}

Findings check_layers(std::string_view path, std::string_view text) {
    const std::string_view here = folder_of(path);
    if (here.empty()) return {};
    Findings out;
    const auto own = layer_of(here);
    if (!own) out.push_back({"layer", std::string(path), 0, "no layer has this folder"});
    for (const Include& include : includes_of(text)) {
        if (!include.quoted) continue;
        const size_t slash = include.header.find('/');
        const std::string_view there =
            slash == std::string::npos ? here : std::string_view(include.header).substr(0, slash);
        if (there == here || (is_test(path) && there == "support")) continue;
        const auto other = layer_of(there);
        if (!own || !other || *other >= *own)
            out.push_back({"layer", std::string(path), include.line,
                           std::string(here) + " may not know " + include.header});
    }
    return out;
}

Findings check_libraries(std::string_view path, std::string_view text) {
    Findings out;
    for (const Include& include : includes_of(text)) {
        if (include.quoted) continue;
        const auto library = std::ranges::find_if(libraries, [&](const Library& candidate) {
            return include.header.starts_with(candidate.header);
        });
        // A name without a dot or a folder is the standard library's.
        if (library == libraries.end() && include.header.find_first_of("./") == std::string::npos)
            continue;
        const bool owned =
            library != libraries.end() &&
            std::ranges::any_of(library->owners, [&](std::string_view owner) {
                return path.starts_with(owner) || (is_test(path) && owner == "tests/");
            });
        if (!owned)
            out.push_back({"library", std::string(path), include.line,
                           "<" + include.header + "> belongs to another file"});
    }
    return out;
}

Findings check_functions(std::string_view path, const std::string& code) {
    Findings out;
    std::vector<Block> open;
    std::string head;
    size_t head_at = 0;
    for (size_t i = 0; i < code.size(); ++i) {
        const char c = code[i];
        const bool in_scope = open.empty() || open.back().kind == Block::Kind::scope;
        if (c == '{') {
            open.push_back({in_scope ? kind_of(head) : Block::Kind::other, head_at});
            if (open.back().kind == Block::Kind::scope) head.clear();
        } else if (c == '}') {
            if (open.empty()) break;
            const Block closed = open.back();
            open.pop_back();
            if (!open.empty() && open.back().kind != Block::Kind::scope) continue;
            const size_t lines = line_at(code, i) - line_at(code, closed.begin) + 1;
            if (closed.kind == Block::Kind::function && lines > function_lines_max)
                out.push_back({"long function", std::string(path), line_at(code, closed.begin),
                               std::to_string(lines) + " lines"});
            // `Unit() : a{1}, b{2} {`: braces of an initializer do not end the head of a function.
            const size_t next = code.find_first_not_of(" \n\t", i + 1);
            if (next == code.npos || (code[next] != ',' && code[next] != '{')) head.clear();
        } else if (in_scope) {
            if (c == ';') {
                head.clear();
            } else if (!head.empty() || std::isspace(static_cast<unsigned char>(c)) == 0) {
                if (head.empty()) head_at = i;
                head += c;
            }
        }
    }
    return out;
}

Findings check_shape(std::string_view path, std::string_view text) {
    Findings out;
    const auto lines = lines_of(text);
    if (lines.size() > file_lines_max)
        out.push_back({"long file", std::string(path), 0, std::to_string(lines.size()) + " lines"});
    for (size_t i = 0; i < lines.size(); ++i) {
        // Bytes that continue a UTF-8 character take no column.
        const auto columns = static_cast<size_t>(std::ranges::count_if(
            lines[i], [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
        if (columns > line_columns_max)
            out.push_back(
                {"long line", std::string(path), i + 1, std::to_string(columns) + " columns"});
    }
    append(out, check_functions(path, code_of(text)));
    return out;
}

Findings check_catch(std::string_view path, std::string_view text) {
    if (is_test(path)) return {};
    return find_all("catch", path, code_of(text), R"(\bcatch\s*\()", "outside a membrane");
}

Findings check_determinism(std::string_view path, std::string_view text, std::string_view header) {
    const bool applies = std::ranges::any_of(
        deterministic, [&](std::string_view prefix) { return path.starts_with(prefix); });
    if (!applies || is_test(path)) return {};
    const std::string code = code_of(text);
    Findings out = find_all("determinism", path, code,
                            R"(\b(float|double|mutex|thread|jthread|async|chrono|random_device|)"
                            R"(mt19937\w*|srand|rand|clock_gettime|setlocale)\b(?=\s*[(>:; *&])|)"
                            R"(\btime\s*\(\s*(nullptr|NULL|0|&))",
                            "not the same on every machine");
    for (const Include& include : includes_of(text)) {
        static const std::set<std::string> banned = {"chrono", "ctime",  "future", "locale",
                                                     "mutex",  "random", "thread"};
        if (banned.contains(include.header))
            out.push_back({"determinism", std::string(path), include.line,
                           "<" + include.header + "> is not the same on every machine"});
    }

    static const std::regex declared(R"(\bunordered_\w+\s*<[^;(){}]*>\s+(\w+)\s*[;={,)])");
    const std::string all = code_of(header) + code;
    std::set<std::string> names;
    for (std::sregex_iterator it(all.begin(), all.end(), declared), end; it != end; ++it)
        names.insert((*it)[1]);
    for (const std::string& name : names) {
        const std::string walk = R"(\bfor\s*\([^;()]*:\s*(\w+(\.|->))*)" + name + R"(\s*\)|\b)" +
                                 name + R"((\.|->)c?begin\b)";
        append(out, find_all("determinism", path, code, walk, "walks in the order of hashes"));
    }
    return out;
}

Findings check_leftovers(std::string_view path, std::string_view text) {
    return find_all("leftover", path, std::string(text), R"(\b(TOD[O]|FIXM[E]|XX[X])\b)",
                    "a note to oneself");
}

namespace {

struct ContractClass {
    std::string path;
    std::string base;
    std::map<std::string, std::pair<std::string, size_t>> places;  // slot -> name, line
};

/// The classes of a contract's file with the places they declare; two at one slot are findings at
/// once.
std::map<std::string, ContractClass> classes_of(const std::string& path, const std::string& text,
                                                Findings& out) {
    static const std::regex form(
        R"(\b(?:class|struct)\s+(\w+)(?:\s+final)?\s*(?::\s*(?:public\s+)?([\w:]+))?\s*\{)"
        R"(|\bstatic\s+constexpr\s+(?:Slot|Map|Array|Text|\w+)\b[^;={}()]*\s(\w+)\{([^;]*)\};)");
    // Literals stay: the name of a namespace tells its slots apart.
    std::map<std::string, ContractClass> classes;
    ContractClass* current = nullptr;
    for (std::sregex_iterator it(text.begin(), text.end(), form), end; it != end; ++it) {
        const std::smatch& match = *it;
        if (match[1].matched) {
            current = &classes[match[1]];
            *current = {path, match[2], {}};
        } else if (current != nullptr) {
            std::string slot = std::regex_replace(match[4].str(), std::regex(R"(\s|,0$|[{}])"), "");
            const size_t line = line_at(text, static_cast<size_t>(match.position()));
            const auto [at, fresh] = current->places.try_emplace(slot, match[3], line);
            if (!fresh)
                out.push_back(
                    {"slot", path, line,
                     match[3].str() + " begins where " + at->second.first + " does: " + slot});
        }
    }
    return classes;
}

}  // namespace

Findings check_slots(const Tree& tree) {
    Findings out;
    std::map<std::string, ContractClass> all;
    for (const auto& [path, text] : tree)
        if (path.starts_with("src/contracts/") && !is_test(path))
            all.merge(classes_of(path, text, out));

    for (const auto& [name, own] : all)
        for (auto base = all.find(own.base); base != all.end(); base = all.find(base->second.base))
            for (const auto& [slot, place] : own.places)
                if (base->second.places.contains(slot))
                    out.push_back({"slot", own.path, place.second,
                                   place.first + " begins where " + base->first + "::" +
                                       base->second.places.at(slot).first + " does: " + slot});
    return out;
}

Findings check_tests(const Tree& tree) {
    Findings out;
    for (const auto& [path, text] : tree) {
        if (!path.starts_with("src/") || !path.ends_with(".cpp") || is_test(path)) continue;
        if (!tree.contains(path.substr(0, path.size() - 4) + "_test.cpp"))
            out.push_back({"untested", path, 0, "has no test beside it"});
    }
    return out;
}

namespace {

/// What a constant's initializer comes to: numbers under *, + and <<. Nothing otherwise.
std::optional<uint64_t> value_of(std::string text) {
    static const std::regex noise(R"(\s|'|\b(std::)?(size_t|uint64_t)\b|[{}])");
    static const std::regex number(R"(\d+)");
    text = std::regex_replace(std::regex_replace(text, std::regex(R"((\d)(u|ul|ull)\b)"), "$1"),
                              noise, "");
    const size_t shift = text.rfind("<<");
    const size_t at = shift != text.npos             ? shift
                      : text.rfind('+') != text.npos ? text.rfind('+')
                                                     : text.rfind('*');
    if (at == text.npos) {
        if (!std::regex_match(text, number)) return std::nullopt;
        return std::stoull(text);
    }
    const char op = text[at];
    const auto left = value_of(text.substr(0, at));
    const auto right = value_of(text.substr(at + (op == '<' ? 2 : 1)));
    if (!left || !right) return std::nullopt;
    return op == '<' ? *left << *right : op == '+' ? *left + *right : *left * *right;
}

/// "16 KiB" -> 16384.
std::optional<uint64_t> value_of_cell(const std::string& cell) {
    static const std::map<std::string, uint64_t> units = {
        {"", 1}, {" KiB", 1 << 10}, {" MiB", 1 << 20}, {" years", 365 * 86'400}};
    static const std::regex form(R"((\d[\d,]*)( \w+)?)");
    std::smatch match;
    if (!std::regex_match(cell, match, form) || !units.contains(match[2])) return std::nullopt;
    return std::stoull(std::regex_replace(match[1].str(), std::regex(","), "")) *
           units.at(match[2]);
}

struct Limit {
    std::string path;
    size_t line;
    std::optional<uint64_t> value;
};

/// The constants of the sources that bound something, by "path name".
std::map<std::string, Limit> limits_of(const Tree& tree) {
    static const std::regex form(R"(\bconstexpr\s+[\w:]+\s+(\w+_max(?:_\w+)?)\s*=\s*([^;]+);)");
    std::map<std::string, Limit> out;
    for (const auto& [path, text] : tree) {
        if (!path.starts_with("src/") || is_test(path)) continue;
        const std::string code = code_of(text);
        for (std::sregex_iterator it(code.begin(), code.end(), form), end; it != end; ++it)
            out[path + " " + (*it)[1].str()] = {
                path, line_at(code, static_cast<size_t>(it->position())), value_of((*it)[2])};
    }
    return out;
}

}  // namespace

Findings check_limits(const Tree& tree) {
    static const std::regex row(R"(^\|[^|]*\| ([^|]*) \| `(\w+_max(?:_\w+)?)` \| `([^`]+)` \|$)");
    const std::string document = "docs/limits.md";
    const std::string text = tree.contains(document) ? tree.at(document) : "";
    std::map<std::string, Limit> limits = limits_of(tree);
    Findings out;
    size_t number = 0;
    for (const std::string_view line : lines_of(text)) {
        ++number;
        std::match_results<std::string_view::const_iterator> match;
        if (!std::regex_match(line.begin(), line.end(), match, row)) continue;
        const auto found = limits.find("src/" + match[3].str() + " " + match[2].str());
        if (found == limits.end()) {
            out.push_back({"limit", document, number, "no such constant: " + match[2].str()});
            continue;
        }
        const auto written = value_of_cell(match[1]);
        if (!written || written != found->second.value)
            out.push_back({"limit", document, number, match[2].str() + " has another value"});
        limits.erase(found);
    }
    for (const auto& [name, limit] : limits)
        if (limit.path.ends_with(".hpp"))
            out.push_back({"limit", limit.path, limit.line, "not in docs/limits.md: " + name});
    return out;
}

Findings check_tree(const Tree& tree, const std::vector<Exception>& exceptions) {
    Findings found = check_slots(tree);
    append(found, check_tests(tree));
    append(found, check_limits(tree));
    for (const auto& [path, text] : tree) {
        if (path.ends_with(".md")) continue;
        const auto header = tree.find(path.substr(0, path.rfind('.')) + ".hpp");
        append(found, check_layers(path, text));
        append(found, check_libraries(path, text));
        append(found, check_shape(path, text));
        append(found, check_catch(path, text));
        append(found, check_determinism(path, text, header == tree.end() ? "" : header->second));
        append(found, check_leftovers(path, text));
    }

    Findings out;
    std::vector<bool> needed(exceptions.size());
    for (Finding& finding : found) {
        bool allowed = false;
        for (size_t i = 0; i < exceptions.size(); ++i)
            if (exceptions[i].rule == finding.rule && exceptions[i].path == finding.path)
                needed[i] = allowed = true;
        if (!allowed) out.push_back(std::move(finding));
    }
    for (size_t i = 0; i < exceptions.size(); ++i)
        if (!needed[i])
            out.push_back({"unneeded", exceptions[i].path, 0,
                           "no longer breaks the rule \"" + exceptions[i].rule + "\""});
    return out;
}

}  // namespace plume::tidy
